from .chains import Chains as Chains
