"""placeholder"""
def read(chunks):
    return iter(())
