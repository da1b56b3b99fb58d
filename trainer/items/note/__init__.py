"""*Write a note*: a note about a scene, which its writer then compares with a model. No machine grades it."""
