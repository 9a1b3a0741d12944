"""Live panels: plain Python state, small views, ipywidgets controls; `panels` puts them together."""
