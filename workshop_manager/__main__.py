"""`python -m workshop_manager` is `workshop-manager`."""

from workshop_manager.start import main

if __name__ == "__main__":
    main()
