"""The site: a guide with tabs by language, and Python's reference. See CONTRIBUTING.md."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))

project = "Partner Messaging"
extensions = ["myst_parser", "sphinx_design", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "pages", "programs"]
exclude_patterns = ["node_modules", "extensions", "requirements.*"]

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = "Partner Messaging"
html_static_path = ["site.css"]
html_css_files = ["site.css"]
html_show_sphinx = False
html_show_copyright = False
html_copy_source = False
# What other generators wrote, put beside the guide: `cargo xtask docs` fills it.
html_extra_path = ["references"]

napoleon_use_ivar = True
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
python_use_unqualified_type_names = True
