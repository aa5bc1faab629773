"""From a deal file to contracts: constructor arguments, deployment in order, and the roles."""
