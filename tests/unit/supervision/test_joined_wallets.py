"""Who stands behind a wallet: the file of investors, and what a registry and recoveries have joined to it."""

from salvor.supervision.events import Event, People, with_identities

W1, W2, W3, W4 = (f"0x{'0' * 38}{i:02}" for i in range(1, 5))


def registered(block, wallet, identity):
    return Event(block, 0, block, "", "registered", "", wallet, 0, identity)


def behind(people, events):
    found = with_identities(people, events)
    return [found.behind(each) for each in (W1, W2, W3, W4)]


class TestWithIdentities:
    def test_a_wallet_that_the_file_does_not_name_is_of_its_identity(self, people):
        known = people(ann=[W1])
        assert behind(known, [registered(1, W1, W1), registered(2, W2, W1)]) == ["ann", "ann", W3, W4]

    def test_a_wallet_that_left_the_registry_is_still_whose_it_was(self, people):
        events = [registered(1, W1, W1), registered(2, W2, W1), Event(3, 0, 3, "", "removed", "", W2, 0, W1)]
        assert behind(people(ann=[W1]), events)[1] == "ann"

    def test_strangers_of_one_identity_are_one(self):
        assert behind(People(), [registered(1, W1, W1), registered(2, W2, W1)]) == [W1, W1, W3, W4]

    def test_a_recovery_joins_both_wallets(self, people):
        moves = [Event(1, 0, 1, "senior", "recovery", W1, W2, 5), Event(2, 0, 2, "senior", "recovery", W2, W3, 5)]
        assert behind(people(ann=[W3]), moves) == ["ann", "ann", "ann", W4]

    def test_the_last_registration_counts(self, people):
        events = [registered(1, W2, W1), registered(2, W1, W1), registered(3, W3, W3), registered(4, W2, W3)]
        assert behind(people(ann=[W1], bob=[W3]), events) == ["ann", "bob", "bob", W4]

    def test_two_persons_of_the_file_are_never_one(self, people):
        events = [registered(1, W1, W1), registered(2, W2, W1), registered(3, W3, W1)]
        assert behind(people(ann=[W1], bob=[W2]), events)[:2] == ["ann", "bob"]

    def test_other_wallets_keep_their_person(self, people):
        found = with_identities(people(ann=[W1, W4]), [registered(1, W1, W1), registered(2, W2, W1)])
        assert found.persons["ann"].wallets == (W1, W4, W2)
        assert found.persons["ann"].country == "IT"
