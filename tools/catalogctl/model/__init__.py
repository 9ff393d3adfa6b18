"""A checked document, its lock and its git times in, a `Plugin` with its PluginInfo out."""
