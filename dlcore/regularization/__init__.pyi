from .adversarial import fgsm as fgsm
from .adversarial import pgd_attack as pgd_attack
