"""*Judge the scene*: verdict, how sure, first action. Each scene begins with it, and it stands for the scene."""
