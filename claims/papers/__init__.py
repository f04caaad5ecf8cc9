"""Papers: the PDF in French and English of what an act froze as facts; made once per language, then kept."""
