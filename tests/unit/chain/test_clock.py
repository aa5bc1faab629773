"""The clock goes forward only."""

from salvor.chain.clock import at


def test_gives_the_next_block_the_date(world, outsider):
    date = world.provider.get_block("latest").timestamp + 1_000
    at(world.provider, date)
    world.fund(outsider, 1)
    assert world.provider.get_block("latest").timestamp == date


def test_leaves_a_date_that_has_passed(world, outsider):
    before = world.provider.get_block("latest").timestamp
    at(world.provider, before - 1_000)
    world.fund(outsider, 1)
    assert world.provider.get_block("latest").timestamp == before + 1
