"""*A scene, step by step*: each choice leads on, and at the end the path is shown with what each was worth."""
