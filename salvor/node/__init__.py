"""The oracle node: reads sources, signs what they say, hands it to the hub, and shows how it is."""
