"""What every training of ours shares: adapters, and the states that a killed one goes on from."""
