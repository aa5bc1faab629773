"""What the machine of the whole waterfall draws from."""

from hypothesis import strategies as st

from salvor.lab import strategies

DAY = 86_400
LARGEST = 2**112 - 1  # where the books end
MOST = 2**256 - 1
EDGES = (0, 1, 2, 7, 100, 10**6, LARGEST - 1, LARGEST, LARGEST + 1, 2**128, MOST)
ROOT = b"\7" * 32
TAPE = b"\5" * 32

seen = strategies.Seen()
actors = strategies.actors(5)  # three who invest, a new wallet, the outsider
tranches = st.integers(0, 7)  # from the first again where there are fewer
# Which kind of amount, a number behind it, and how far beside: `DealsMachine.units` makes an amount of them.
PART, EDGE, ANY, SEEN = range(4)
amounts = st.tuples(st.sampled_from([*[PART] * 9, EDGE, ANY, SEEN]), st.integers(0, LARGEST), st.integers(-1, 1))
sums = st.tuples(st.sampled_from([*[PART] * 40, EDGE, ANY, SEEN]), st.integers(0, LARGEST), st.integers(0, 1))
small = st.tuples(st.just(PART), st.integers(0, 1_024), st.integers(0, 1))
beside = st.sampled_from([0, 0, 0, 0, 1, -1, 2])
waits = st.sampled_from([1, DAY, 10 * DAY - 1, 30 * DAY, 365 * DAY, 3 * 365 * DAY])
stages = st.sampled_from(["draft", "open", "closed", "paying", "paying", "paying", "paying"])
unlisted = ("no root", "no loans", "loans")
faults = st.sampled_from([*["none"] * 12, "costs", "recovered", *unlisted, "period", "early", "above"])
indices = st.integers(-20, 20).map(lambda percent: percent * 10**16)
