//! Pages for `man 3`.

use super::header::{Header, Item, Paragraph};

/// The pages by their names: one of the library, and one for each that it declares.
pub(super) fn pages(header: &Header, version: &str) -> Vec<(String, String)> {
    let items = header.items.iter().map(|item| (item.name.clone(), page(item, version)));
    std::iter::once(("partner_messaging".to_owned(), overview(header, version))).chain(items).collect()
}

fn overview(header: &Header, version: &str) -> String {
    let mut page = title("partner_messaging", version);
    page.push_str(".SH NAME\npartner_messaging \\- client of the Partner Messaging API\n");
    page.push_str(".SH SYNOPSIS\n.nf\n#include <partner_messaging.h>\n.fi\n");
    page.push_str(".SH DESCRIPTION\n");
    page.push_str(&body(&header.introduction));
    page.push_str(".SH SEE ALSO\n");
    let names: Vec<String> = header.items.iter().map(|item| format!(".BR {} (3)", item.name)).collect();
    page.push_str(&names.join(",\n"));
    page.push('\n');
    page
}

fn page(item: &Item, version: &str) -> String {
    let mut page = title(&item.name, version);
    let first = item.comment.iter().find_map(|paragraph| match paragraph {
        Paragraph::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let first = first.unwrap_or_default();
    // Its first sentence.
    let brief = first.find(". ").map_or(first, |end| &first[..=end]);
    page.push_str(&format!(".SH NAME\n{} \\- {}\n", item.name, escaped(brief)));
    page.push_str(&format!(
        ".SH SYNOPSIS\n.nf\n#include <partner_messaging.h>\n\n{}\n.fi\n",
        escaped(&item.declaration)
    ));
    page.push_str(".SH DESCRIPTION\n");
    page.push_str(&body(&item.comment));
    page.push_str(".SH SEE ALSO\n.BR partner_messaging (3)\n");
    page
}

fn title(name: &str, version: &str) -> String {
    format!(".TH {} 3 \"\" \"partner-messaging {version}\" \"Partner Messaging\"\n", name.to_uppercase())
}

fn body(paragraphs: &[Paragraph]) -> String {
    let mut text = String::new();
    for (position, paragraph) in paragraphs.iter().enumerate() {
        match paragraph {
            Paragraph::Text(said) if position == 0 => text.push_str(&format!("{}\n", escaped(said))),
            Paragraph::Text(said) => text.push_str(&format!(".PP\n{}\n", escaped(said))),
            Paragraph::Code(code) => text.push_str(&format!(".PP\n.nf\n{}\n.fi\n", escaped(code))),
            Paragraph::Term(term, said) => {
                text.push_str(&format!(".TP\n.B {term}\n{}\n", escaped(said)));
            }
        }
    }
    text
}

/// What troff would take for its own.
fn escaped(text: &str) -> String {
    let escaped = text.replace('\\', "\\e").replace('-', "\\-");
    let lines = escaped.lines().map(|line| match line.starts_with(['.', '\'']) {
        true => format!("\\&{line}"),
        false => line.to_owned(),
    });
    lines.collect::<Vec<_>>().join("\n")
}
