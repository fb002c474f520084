"""Who foretells best what a viewer takes next: rivals on the same files, under the same rules."""
