from .contrastive import info_nce_loss as info_nce_loss
