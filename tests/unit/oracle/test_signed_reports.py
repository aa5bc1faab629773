"""SignedReports: signers, single reports, batches, single values of a batch."""

import pytest

from salvor.model.oracle import Reason
from salvor.model.oracle_reports import Batch, Domain, Report, Told
from salvor.model.oracle_signed import Standing
from salvor.tape.merkle import keccak
from tests.utils.oracle import FOREVER, KEY, NO_ADDRESS, OTHER_KEY, WAD, plain
from tests.utils.signing import Signer


@pytest.fixture
def signer(stage):
    return stage.signers[0]


def batch_of(stage, values, *, nonce=1, valid_until=FOREVER):
    return Batch([Told(*value) for value in values], nonce=nonce, valid_until=valid_until)


def many(stage, count):
    return [(keccak(bytes([number])), number * WAD, stage.lab.now) for number in range(1, count + 1)]


class TestAddSigner:
    def test_lets_an_account_sign(self, stage):
        new = Signer("new")
        receipt = stage.reports.addSigner(new, b"bureau".ljust(32, b"\0"), sender=stage.keeper)
        assert (receipt.events[0].signer, receipt.events[0].values["name"][:6]) == (new.address, b"bureau")
        assert stage.reports.isSigner(new)
        stage.report(new, 5)

    def test_refuses_one_that_is_there(self, stage, signer):
        with stage.lab.refused("SignerKnown", signer):
            stage.reports.addSigner(signer, bytes(32), sender=stage.keeper)

    def test_refuses_one_that_was_removed(self, stage, signer):
        """Its old signatures would count again."""
        stage.reports.removeSigner(signer, sender=stage.keeper)
        with stage.lab.refused("SignerKnown", signer):
            stage.reports.addSigner(signer, bytes(32), sender=stage.keeper)

    def test_refuses_the_zero_address(self, stage):
        with stage.lab.refused("SignerZero"):
            stage.reports.addSigner(NO_ADDRESS, bytes(32), sender=stage.keeper)


class TestRemoveSigner:
    def test_takes_all_that_it_signed_along(self, stage, signer):
        stage.report(signer, 5)
        stage.reports.removeSigner(signer, sender=stage.keeper)
        assert stage.reports.answer(KEY, stage.signer_source(signer).config).reason == Reason.SIGNER_REMOVED
        with stage.lab.refused("NotASigner", signer):
            stage.report(signer, 6, at=stage.lab.now)

    def test_refuses_who_is_none(self, stage, outsider):
        with stage.lab.refused("NotASigner", outsider):
            stage.reports.removeSigner(outsider, sender=stage.keeper)


class TestSubmit:
    def test_lands_a_report(self, stage, signer):
        receipt = stage.report(signer, 17 * WAD)
        told = receipt.events[0]
        assert plain(tuple(told.values.values())) == (signer.address, KEY, 17 * WAD, stage.lab.now, 1)
        assert plain(stage.reports.landed(signer, KEY)) == (17 * WAD, stage.lab.now, 1, stage.lab.now, 0)
        given = stage.reports.answer(KEY, stage.signer_source(signer).config)
        assert plain(given) == (0, 17 * WAD, 0, stage.lab.now)

    def test_refuses_another_signature_of_the_same(self, stage, signer):
        stage.report(signer, 17)
        with stage.lab.refused("NonceUsed", signer, KEY, 1, 1):
            stage.report(signer, 17, nonce=1)

    def test_refuses_an_older_nonce(self, stage, signer):
        stage.report(signer, 17, nonce=7)
        stage.lab.wait(1)
        with stage.lab.refused("NonceUsed", signer, KEY, 6, 7):
            stage.report(signer, 18, nonce=6)
        stage.report(signer, 18, nonce=8)

    def test_refuses_two_values_of_one_second(self, stage, signer):
        stage.report(signer, 17)
        with stage.lab.refused("NotLater", signer, KEY, stage.lab.now, stage.lab.now):
            stage.report(signer, 18)

    def test_counts_nonces_by_key_and_signer(self, stage, signer):
        stage.report(signer, 17, nonce=7)
        stage.report(signer, 17, nonce=7, key=OTHER_KEY)
        stage.report(stage.signers[1], 17, nonce=7)

    def test_takes_it_up_to_its_last_second(self, stage, signer):
        now = stage.lab.now
        stage.lab.wait(1)
        stage.report(signer, 1, at=now, valid_until=now + 1)
        with stage.lab.refused("ReportExpired", now, now + 1):
            stage.report(signer, 1, valid_until=now)

    def test_refuses_a_later_time_than_now(self, stage, signer):
        stage.report(signer, 1, at=stage.lab.now)
        with stage.lab.refused("ReportFromFuture", stage.lab.now + 1, stage.lab.now):
            stage.report(signer, 1, at=stage.lab.now + 1)

    @pytest.mark.parametrize("change", ["key", "value", "at", "nonce", "until", "chain", "contract", "signer"])
    def test_refuses_a_signature_over_anything_else(self, stage, signer, change):
        now = stage.lab.now
        meant = Report(Told(KEY, 5, now), 1, FOREVER)
        others = {
            "key": Report(Told(OTHER_KEY, 5, now), 1, FOREVER),
            "value": Report(Told(KEY, 6, now), 1, FOREVER),
            "at": Report(Told(KEY, 5, now - 1), 1, FOREVER),
            "nonce": Report(Told(KEY, 5, now), 2, FOREVER),
            "until": Report(Told(KEY, 5, now), 1, FOREVER - 1),
        }
        domains = {
            "chain": Domain(stage.domain.chain_id + 1, stage.reports.address),
            "contract": Domain(stage.domain.chain_id, stage.hub.address),
        }
        by = stage.signers[1] if change == "signer" else signer
        digest = others.get(change, meant).digest(domains.get(change, stage.domain))
        signature = signed(by, digest)
        with stage.lab.refused("SignatureWrong", signer, meant.digest(stage.domain)):
            stage.reports.submit(signer, meant.words, signature, sender=stage.outsider)
        stage.reports.submit(signer, meant.words, stage.sign(meant, signer), sender=stage.outsider)

    def test_digests_are_those_of_the_model(self, stage, signer):
        report = Report(Told(KEY, 2**128 - 1, 2**40 - 1), 2**32 - 1, 2**40 - 1)
        assert stage.reports.digestOfReport(report.words) == report.digest(stage.domain)
        batch = batch_of(stage, many(stage, 3))
        assert stage.reports.digestOfBatch(batch.words) == batch.digest(stage.domain)

    def test_takes_a_contract_as_a_signer(self, stage):
        """ERC-1271: the court's wallet of several keys."""
        played = stage.play()
        wallet = played.contract
        stage.reports.addSigner(wallet, bytes(32), sender=stage.keeper)
        report = Report(Told(KEY, 5, stage.lab.now), 1, FOREVER)
        played.teach(bytes.fromhex("1626ba7e"), bytes.fromhex("ffffffff").ljust(32, b"\0"))
        with stage.lab.refused("SignatureWrong"):
            stage.reports.submit(wallet, report.words, b"any", sender=stage.outsider)
        played.teach(bytes.fromhex("1626ba7e"), bytes.fromhex("1626ba7e").ljust(32, b"\0"))
        stage.reports.submit(wallet, report.words, b"any", sender=stage.outsider)
        assert stage.reports.landed(wallet, KEY).value == 5


def signed(signer, digest):
    signature = signer.key.sign_msg_hash(digest)
    return signature.r.to_bytes(32) + signature.s.to_bytes(32) + bytes([signature.v + 27])


class TestSubmitBatch:
    @pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 8, 33])
    def test_lands_all_values(self, stage, signer, count):
        batch = batch_of(stage, many(stage, count))
        receipt = stage.hand_in(signer, batch)
        assert receipt.return_value == count
        assert [event.name for event in receipt.events] == ["Reported"] * count
        for told in batch.given:
            assert plain(stage.reports.landed(signer, told.key))[:3] == (told.value, told.at, 1)

    def test_passes_over_what_somebody_handed_in_before(self, stage, signer):
        """Else whoever hands one value in first could hold up all the others."""
        values = many(stage, 3)
        batch = batch_of(stage, values)
        stage.reports.submitFromBatch(
            signer, batch.words, values[1], batch.proof(1), stage.sign(batch, signer), sender=stage.outsider
        )
        receipt = stage.hand_in(signer, batch)
        assert receipt.return_value == 2
        assert sorted(event.name for event in receipt.events) == ["PassedOver", "Reported", "Reported"]

    def test_again_lands_nothing(self, stage, signer):
        batch = batch_of(stage, many(stage, 2))
        stage.hand_in(signer, batch)
        assert stage.hand_in(signer, batch).return_value == 0

    def test_takes_the_first_of_two_values_for_one_key(self, stage, signer):
        now = stage.lab.now
        batch = batch_of(stage, [(KEY, 5, now - 1), (KEY, 6, now)])
        assert stage.hand_in(signer, batch).return_value == 1
        assert stage.reports.landed(signer, KEY).value == batch.values[0].value

    def test_refuses_one_dated_later_than_now(self, stage, signer):
        batch = batch_of(stage, [*many(stage, 2), (KEY, 5, stage.lab.now + 1)])
        with stage.lab.refused("ReportFromFuture", stage.lab.now + 1, stage.lab.now):
            stage.hand_in(signer, batch)

    def test_refuses_values_in_another_order(self, stage, signer):
        batch = batch_of(stage, many(stage, 3))
        values = [told.words for told in batch.values][::-1]
        with stage.lab.refused("NotTheBatch"):
            stage.reports.submitBatch(signer, batch.words, values, stage.sign(batch, signer), sender=stage.outsider)

    def test_refuses_another_number_of_values(self, stage, signer):
        batch = batch_of(stage, many(stage, 3))
        values = [told.words for told in batch.values][:2]
        with stage.lab.refused("CountWrong", 2, 3):
            stage.reports.submitBatch(signer, batch.words, values, stage.sign(batch, signer), sender=stage.outsider)

    def test_refuses_somebody_else_s_signature(self, stage, signer):
        batch = batch_of(stage, many(stage, 3))
        with stage.lab.refused("SignatureWrong"):
            stage.hand_in(signer, batch, stage.sign(batch, stage.signers[1]))

    def test_refuses_one_that_is_too_late(self, stage, signer):
        batch = batch_of(stage, many(stage, 3), valid_until=stage.lab.now)
        stage.lab.wait(1)
        with stage.lab.refused("ReportExpired", stage.lab.now - 1, stage.lab.now):
            stage.hand_in(signer, batch)


class TestSubmitFromBatch:
    def test_lands_one_value(self, stage, signer):
        values = many(stage, 5)
        batch = batch_of(stage, values)
        for number in (0, 4):
            stage.reports.submitFromBatch(
                signer, batch.words, values[number], batch.proof(number), stage.sign(batch, signer), sender=signer
            )
            assert stage.reports.landed(signer, values[number][0]).value == values[number][1]

    def test_refuses_a_value_that_is_not_in_it(self, stage, signer):
        values = many(stage, 5)
        batch = batch_of(stage, values)
        wrong = (values[2][0], values[2][1] + 1, values[2][2])
        with stage.lab.refused("NotInBatch", wrong[0], batch.tree.root):
            stage.reports.submitFromBatch(
                signer, batch.words, wrong, batch.proof(2), stage.sign(batch, signer), sender=signer
            )

    def test_refuses_a_proof_of_another_length(self, stage, signer):
        """F01 and F03: no inner node passes as a value, and nothing hangs below one."""
        values = many(stage, 4)
        batch = batch_of(stage, values)
        good = batch.proof(0)
        for proof in ([], good[:1], [*good, bytes(32)]):
            with stage.lab.refused("NotInBatch", values[0][0], batch.tree.root):
                stage.reports.submitFromBatch(
                    signer, batch.words, values[0], proof, stage.sign(batch, signer), sender=signer
                )

    def test_of_a_batch_of_one_needs_no_proof(self, stage, signer):
        batch = batch_of(stage, many(stage, 1))
        stage.reports.submitFromBatch(
            signer, batch.words, batch.values[0].words, [], stage.sign(batch, signer), sender=signer
        )
        assert stage.reports.landed(signer, batch.values[0].key).value == WAD

    def test_refuses_it_a_second_time(self, stage, signer):
        values = many(stage, 2)
        batch = batch_of(stage, values)
        args = (signer, batch.words, values[0], batch.proof(0), stage.sign(batch, signer))
        stage.reports.submitFromBatch(*args, sender=stage.outsider)
        with stage.lab.refused("NonceUsed", signer, values[0][0], 1, 1):
            stage.reports.submitFromBatch(*args, sender=stage.outsider)


class TestVoidUpTo:
    def test_leaves_older_signatures_unusable(self, stage, signer):
        stage.reports.voidUpTo(5, sender=signer)
        assert stage.reports.voidedUpTo(signer) == 5
        with stage.lab.refused("NonceVoided", signer, 5, 5):
            stage.report(signer, 1, nonce=5)
        with stage.lab.refused("NonceVoided", signer, 5, 5):
            stage.hand_in(signer, batch_of(stage, many(stage, 2), nonce=5))
        stage.report(signer, 1, nonce=6)

    def test_refuses_to_go_back(self, stage, signer):
        stage.reports.voidUpTo(5, sender=signer)
        with stage.lab.refused("NonceVoided", signer, 5, 5):
            stage.reports.voidUpTo(5, sender=signer)

    def test_refuses_who_is_no_signer(self, stage, outsider):
        with stage.lab.refused("NotASigner", outsider):
            stage.reports.voidUpTo(5, sender=outsider)


class TestAnswer:
    def test_has_none_before_the_first_report(self, stage, signer):
        assert stage.reports.answer(KEY, stage.signer_source(signer).config).reason == Reason.NO_VALUE

    def test_check_refuses_a_config_of_another_length(self, stage):
        with stage.lab.refused("ConfigUnusable", b"x"):
            stage.reports.check(KEY, b"x")

    def test_check_refuses_who_is_no_signer(self, stage, outsider):
        with stage.lab.refused("NotASigner", outsider):
            stage.reports.check(KEY, outsider.word)


class TestSetStanding:
    def test_refuses_another_nonce_than_the_last(self, stage, signer):
        stage.report(signer, 5)
        stage.access.grantRole(22, stage.outsider, 0, sender=stage.lab.actor("admin"))
        with stage.lab.refused("NotTheLast", signer, KEY, 2, 1):
            stage.reports.setStanding(signer, KEY, 2, int(Standing.STRUCK), sender=stage.outsider)
