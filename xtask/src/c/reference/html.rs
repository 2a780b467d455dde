//! One page of HTML, which needs nothing else.

use std::collections::BTreeSet;

use super::header::{Header, Item, Paragraph};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}\
     pre{background:#8882;padding:.6rem;overflow:auto}h3{margin-top:2.5rem}dt{font-family:monospace;float:left;\
     clear:left;margin-right:1rem}dd{margin-left:9rem}nav{columns:3 14rem}a{text-decoration:none}\
     :root{color-scheme:light dark}";

pub(super) fn page(header: &Header, version: &str) -> String {
    let names: BTreeSet<&str> = header.items.iter().map(|item| item.name.as_str()).collect();
    let mut page = format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>Partner Messaging {version}: the C library</title>\n<style>{STYLE}</style>\n\
         <h1>Partner Messaging {version}: the C library</h1>\n"
    );
    page.push_str(&body(&header.introduction, &names));
    let (types, functions): (Vec<&Item>, Vec<&Item>) =
        header.items.iter().partition(|item| item.declaration.starts_with("typedef"));
    for (title, items) in [("Types", types), ("Functions", functions)] {
        let links: Vec<String> = items.iter().map(|item| linked(&item.name, &names)).collect();
        page.push_str(&format!("<h2>{title}</h2>\n<nav>{}</nav>\n", links.join("<br>\n")));
        for item in items {
            page.push_str(&format!("<h3 id=\"{name}\">{name}</h3>\n", name = item.name));
            page.push_str(&format!("<pre>{}</pre>\n", linked(&item.declaration, &names)));
            page.push_str(&body(&item.comment, &names));
        }
    }
    page.push_str("</html>\n");
    page
}

fn body(paragraphs: &[Paragraph], names: &BTreeSet<&str>) -> String {
    let mut text = String::new();
    let mut is_list = false;
    for paragraph in paragraphs {
        let is_term = matches!(paragraph, Paragraph::Term(..));
        if is_term != is_list {
            text.push_str(if is_term { "<dl>\n" } else { "</dl>\n" });
            is_list = is_term;
        }
        match paragraph {
            Paragraph::Text(said) => text.push_str(&format!("<p>{}</p>\n", linked(said, names))),
            Paragraph::Code(code) => text.push_str(&format!("<pre>{}</pre>\n", linked(code, names))),
            Paragraph::Term(term, said) => {
                text.push_str(&format!("<dt>{term}<dd>{}\n", linked(said, names)));
            }
        }
    }
    if is_list { text + "</dl>\n" } else { text }
}

/// Text in which each name of the library leads to where it is described.
fn linked(text: &str, names: &BTreeSet<&str>) -> String {
    let is_of_name = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let mut made = String::new();
    let mut rest = text;
    while let Some(start) = rest.find(is_of_name) {
        let (before, from) = rest.split_at(start);
        let (word, after) = from.split_at(from.find(|it| !is_of_name(it)).unwrap_or(from.len()));
        made.push_str(&escaped(before));
        match names.contains(word) {
            true => made.push_str(&format!("<a href=\"#{word}\">{word}</a>")),
            false => made.push_str(word),
        }
        rest = after;
    }
    made + &escaped(rest)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}
