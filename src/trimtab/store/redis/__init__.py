"""The store on a Redis server or cluster, shared by several gateways."""
