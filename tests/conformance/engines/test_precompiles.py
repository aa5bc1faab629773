"""The contracts that every chain has, at addresses 1 to 10: results, failures and gas are the same on every engine.

Right answers are typed from the yellow paper's definitions or reckoned by Python, not taken from an engine.
"""

import hashlib

import pytest

GX, GY = 1, 2  # generator of alt_bn128
FIELD = 21_888_242_871_839_275_222_246_405_745_257_275_088_696_311_157_297_823_662_689_037_894_645_226_208_583
ORDER = 21_888_242_871_839_275_222_246_405_745_257_275_088_548_364_400_416_034_343_698_204_186_575_808_495_617
# The generator of the second group, imaginary part first, as the pairing takes it (EIP-197).
TWIST = (
    11_559_732_032_986_387_107_991_004_021_392_285_783_925_812_861_821_192_530_917_403_151_452_391_805_634,
    10_857_046_999_023_057_135_944_570_762_232_829_481_370_756_359_578_518_086_990_519_993_285_655_852_781,
    4_082_367_875_863_433_681_332_203_403_145_435_568_316_851_327_593_401_208_105_741_076_214_120_093_531,
    8_495_653_923_123_431_417_604_973_247_489_272_438_418_190_587_263_600_148_770_280_649_306_958_101_930,
)

IV = """6a09e667f3bcc908 bb67ae8584caa73b 3c6ef372fe94f82b a54ff53a5f1d36f1
        510e527fade682d1 9b05688c2b3e6c1f 1f83d9abfb41bd6b 5be0cd19137e2179"""


def words(*numbers):
    return b"".join(number.to_bytes(32) for number in numbers)


@pytest.fixture
def ask(trio, owner):
    """Call one from a contract, as contracts do; whether it succeeded, and its answer."""
    caller = trio.deploy("Caller", sender=owner)

    def asked(number, data, gas=5_000_000):
        return tuple(caller.tried(f"0x{number:040x}", data, gas, sender=owner).value)

    return asked


class TestEcrecover:
    # Of EIP-155's example key 0x46...46: hash, v, r, s are reckoned in `signed` below.
    def test_finds_who_signed(self, ask):
        digest, address = signed()
        ok, answer = ask(1, digest)
        assert (ok, answer) == (True, bytes.fromhex(address[2:]).rjust(32, b"\0"))

    @pytest.mark.parametrize("wrong", ["v", "r", "s", "empty"])
    def test_finds_nobody(self, ask, wrong):
        digest, _ = signed()
        data = bytearray(digest)
        if wrong == "empty":
            data = bytearray()
        else:
            place = {"v": 32, "r": 64, "s": 96}[wrong]
            data[place : place + 32] = bytes(32)
        assert ask(1, bytes(data)) == (True, b"")


class TestHashes:
    @pytest.mark.parametrize("data", [b"", b"abc", b"\xff" * 1_000], ids=len)
    def test_sha256(self, ask, data):
        assert ask(2, data) == (True, hashlib.sha256(data).digest())

    def test_ripemd160(self, ask):
        assert ask(3, b"abc") == (True, bytes.fromhex("8eb208f7e05d987a9b044a8e98c6b087f15a0bfc").rjust(32, b"\0"))

    def test_blake2f(self, ask):
        # RFC 7693, appendix A: one block "abc", twelve rounds.
        state = [int(word, 16) for word in IV.split()]
        state[0] ^= 0x01010040
        block = b"abc".ljust(128, b"\0")
        packed = b"".join(word.to_bytes(8, "little") for word in state)
        data = (12).to_bytes(4) + packed + block + (3).to_bytes(8, "little") + bytes(8) + b"\x01"
        assert ask(9, data) == (True, hashlib.blake2b(b"abc").digest())
        assert ask(9, data[:-1]) == (False, b"")
        assert ask(9, data[:-1] + b"\x02") == (False, b"")


class TestIdentity:
    @pytest.mark.parametrize("length", [0, 1, 33, 10_000])
    def test_gives_back(self, ask, length):
        assert ask(4, b"\x07" * length) == (True, b"\x07" * length)


class TestModexp:
    @pytest.mark.parametrize(
        ("base", "power", "modulus"),
        [(3, 2**255, FIELD), (0, 0, 7), (5, 3, 1), (2**200, 65_537, 2**255 - 19), (7, 0, 0)],
        ids=["large", "nothing", "one", "larger", "no modulus"],
    )
    def test_reckons(self, ask, base, power, modulus):
        answer = pow(base, power, modulus) if modulus else 0
        assert ask(5, words(32, 32, 32, base, power, modulus)) == (True, answer.to_bytes(32))

    def test_of_other_lengths(self, ask):
        assert ask(5, words(1, 1, 2) + b"\x03\x05\x00\x64") == (True, (3**5 % 100).to_bytes(2))
        assert ask(5, words(0, 0, 0)) == (True, b"")

    def test_of_a_length_that_nobody_pays(self, ask):
        assert ask(5, words(2**64, 32, 32, 1)) == (False, b"")


class TestAltBn128:
    def test_adds(self, ask):
        assert ask(6, words(GX, GY, 0, 0)) == (True, words(GX, GY))
        assert ask(6, words(GX, GY, GX, FIELD - GY)) == (True, bytes(64))
        assert ask(6, words(GX, GY, GX, GY)) == ask(7, words(GX, GY, 2))

    def test_multiplies(self, ask):
        assert ask(7, words(GX, GY, ORDER)) == (True, bytes(64))
        assert ask(7, words(GX, GY, ORDER + 1)) == (True, words(GX, GY))

    def test_pairs(self, ask):
        # e(P, Q) * e(-P, Q) = 1
        assert ask(8, words(GX, GY, *TWIST, GX, FIELD - GY, *TWIST)) == (True, words(1))
        assert ask(8, words(GX, GY, *TWIST)) == (True, words(0))
        assert ask(8, b"") == (True, words(1))

    @pytest.mark.parametrize(
        ("number", "data"),
        [(6, words(1, 1)), (6, words(FIELD, 0)), (7, words(1, 3, 5)), (8, words(GX, GY)), (8, words(1, 1, *TWIST))],
        ids=["sum", "sum beyond the field", "product", "pair cut off", "pair"],
    )
    def test_fails_off_the_curve(self, ask, number, data):
        assert ask(number, data) == (False, b"")


class TestPointEvaluation:
    ZERO = b"\xc0" + bytes(47)  # the point at infinity: commitment and proof of the polynomial that is zero everywhere

    def test_of_nothing_everywhere(self, pair):  # anvil takes seconds for its first one; Ape's is another anvil
        def evaluate(value):
            data = versioned + words(5, value) + self.ZERO * 2
            return tuple(caller.tried(f"0x{10:040x}", data, 1_000_000, sender=owner).value)

        owner = pair.actor("owner")
        caller = pair.deploy("Caller", sender=owner)
        versioned = b"\x01" + hashlib.sha256(self.ZERO).digest()[1:]
        answer = words(4_096, 0x73EDA753299D7D483339D80809A1D80553BDA402FFFE5BFEFFFFFFFF00000001)
        assert evaluate(0) == (True, answer)
        assert evaluate(1) == (False, b"")

    def test_fails_without_data(self, ask):
        assert ask(10, b"") == (False, b"")


class TestBeyond:
    @pytest.mark.parametrize("number", [11, 12, 17, 18, 256])
    def test_there_is_nothing_yet(self, ask, number):
        # BLS12-381 at 11 came with Prague, P-256 at 256 with Osaka: the engines run Cancun.
        assert ask(number, words(*range(8))) == (True, b"")


class TestCalledByAnAccount:
    def test_a_result(self, trio, owner):
        sent = trio.each(lambda side: side.engine.execute(owner.address, f"0x{2:040x}", b"").output)
        assert sent == hashlib.sha256().digest()
        assert trio.each(lambda side: side.engine.call(owner.address, f"0x{4:040x}", b"\x01\x02")) == b"\x01\x02"

    def test_a_failure(self, trio, owner):
        def fails(side):
            try:
                side.engine.execute(owner.address, f"0x{9:040x}", b"")
            except Exception as halted:
                return f"{type(halted).__name__}: {halted}"

        assert trio.each(fails) == "Halted: PrecompileError"


def signed():
    """Input of ecrecover for a digest signed by a key, and the key's address."""
    from eth_account import Account

    digest = hashlib.sha256(b"salvor").digest()
    account = Account.from_key(b"\x46" * 32)
    made = account.unsafe_sign_hash(digest)
    return digest + words(made.v, made.r, made.s), account.address
