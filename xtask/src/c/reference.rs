//! The reference of the C interface that goes with the archive: man pages and a page of HTML,
//! made of the header, where it is written.

mod header;
mod html;
mod man;

use std::path::Path;

use crate::Result;
use crate::files::{files_ending, make_folder, read, write};
use crate::machine::debian_package;
use crate::process::{program, run};

/// Writes `man/man3` and `doc/partner-messaging/reference.html` below `share`.
pub(super) fn write_all(root: &Path, share: &Path, version: &str) -> Result<()> {
    let header = header::parse(&read(&root.join("bindings-c/include/partner_messaging.h"))?)?;
    let (pages, page) = (share.join("man/man3"), share.join("doc/partner-messaging"));
    make_folder(&pages)?;
    make_folder(&page)?;
    for (name, text) in man::pages(&header, version) {
        write(&pages.join(format!("{name}.3")), &text)?;
    }
    write(&page.join("reference.html"), &html::page(&header, version))
}

/// Checks the pages of an installed copy as mandoc reads them; one that has no date is none of
/// its business.
pub(super) fn check(share: &Path) -> Result<()> {
    debian_package("mandoc", "mandoc")?;
    let pages = files_ending(&share.join("man/man3"), ".3")?;
    // As many as the header has functions, at least.
    if pages.len() < 250 {
        return Err(format!("there are {} man pages", pages.len()));
    }
    run(program("mandoc").args(["-T", "lint", "-W", "error"]).args(&pages))
}

#[cfg(test)]
mod tests {
    use super::header::tests::HEADER;
    use super::*;

    #[test]
    fn pages_hold_what_the_header_says() {
        let header = header::parse(HEADER).unwrap();
        let pages = man::pages(&header, "1.2.3");
        let (name, page) = pages.last().unwrap();
        assert_eq!(name, "pm_do");
        assert!(page.contains("pm_do \\- Does it.") && page.contains(".B a\nThe a."), "{page}");
        let html = html::page(&header, "1.2.3");
        assert!(html.contains("<h3 id=\"pm_do\">") && html.contains("<dt>a<dd>The a."), "{html}");
    }
}
