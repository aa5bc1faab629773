"""`ape run sell plan`: a strategy for a case, proposed, approved, or switched to."""

from __future__ import annotations

import click

from salvor.options import Acting, live_options


@click.command(epilog="Example: ape run sell plan deals/worked-loans/deal.yaml 3 discounted_pay_off --amount 1250.00")
@live_options
@click.argument("case", type=int)
@click.argument("strategy")
@click.option("--amount", help="Agreed (discounted_pay_off) or of an instalment (payment_plan).")
@click.option("--due", type=click.DateTime(["%Y-%m-%d"]), help="First instalment, or court date of a foreclosure.")
@click.option("--every", type=click.IntRange(1), help="Days between two instalments.")
@click.option("--approve", "act", flag_value="approve", help="As the overseer: begin what was proposed.")
@click.option("--switch", "act", flag_value="switch", help="As the overseer: begin it at once, whatever runs.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON on stdout.")
def cli(
    chosen: Acting,
    case: int,
    strategy: str,
    amount: str | None,
    due: object,
    every: int | None,
    act: str | None,
    as_json: bool,
) -> None:
    """Propose STRATEGY for CASE as the servicer: hold, discounted_pay_off, payment_plan, loan_sale or foreclosure.

    Exit code 0, 2 for bad input, 3 when the chain refuses, or for trouble with the node.
    """
    from salvor.desk import sale_acts as acts
    from salvor.desk.sale_cases import strategy_named
    from salvor.desk.sale_command import opened
    from salvor.desk.sale_show import tell

    way = strategy_named(strategy)
    with opened(chosen) as (sales, signer):
        own = acts.plan_of(sales, amount, due, every)
        said = acts.plan(sales, case, way, own, act=act or "propose", sender=signer)
        tell(sales, said, number=case, as_json=as_json)
