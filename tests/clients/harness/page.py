def run(place): return True
