//! The blocks of a text, and how each is written as plain text and as HTML.

use minijinja::HtmlEscape;

use super::{Filler, Form, RenderError, ServiceLine, sources::Source};

const BUTTON: &str = "display:inline-block;padding:12px 20px;background:#0b3d91;color:#ffffff;border-radius:6px;\
                      text-decoration:none;font-weight:bold";
const QUOTE: &str = "margin:0 0 16px;padding:8px 16px;border-left:4px solid #0b3d91";
/// The item that stands for one item per reason.
const REASONS: &str = "*reasons";
/// The item that stands for one item per service, each with its link.
const SERVICES: &str = "*services";

/// One block of a text, not filled yet.
pub(super) enum Block {
    /// A paragraph.
    Paragraph(String),
    /// A list, by item. Items that turn out blank are left out.
    List(Vec<String>),
    /// What somebody wrote.
    Quote(String),
    /// A link with its label; left out when there is no such link.
    Button { label: String, fact: String },
}

impl Block {
    /// Divides a text into its blocks.
    pub(super) fn all(text: &str) -> Vec<Self> {
        text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(Self::one).collect()
    }

    fn one(block: &str) -> Self {
        let button = block.strip_prefix('[').and_then(|rest| rest.strip_suffix(')')?.split_once("]("));
        if let Some((label, fact)) = button {
            Self::Button { label: label.to_owned(), fact: fact.to_owned() }
        } else if let Some(quoted) = block.strip_prefix("> ") {
            Self::Quote(quoted.to_owned())
        } else if block.starts_with("- ") {
            Self::List(block.lines().filter_map(|line| line.strip_prefix("- ")).map(str::to_owned).collect())
        } else {
            Self::Paragraph(block.replace('\n', " "))
        }
    }

    /// Writes the block, or nothing when nothing is left of it.
    pub(super) fn write(&self, filler: &Filler<'_>, source: &Source, form: Form) -> Result<Option<String>, RenderError> {
        let written = match self {
            Self::Paragraph(raw) => {
                let filled = filler.fill(source, raw, form)?;
                Some(filled).filter(|filled| !filled.is_empty()).map(|filled| paragraph(&filled, form))
            }
            Self::Quote(raw) => {
                let filled = filler.fill(source, raw, form)?;
                Some(filled).filter(|filled| !filled.is_empty()).map(|filled| quote(&filled, form))
            }
            Self::List(items) => list(&fill_items(items, filler, source, form)?, form),
            Self::Button { label, fact } => match filler.facts.link(fact) {
                Some(url) => Some(button(&filler.fill(source, label, form)?, url, form)),
                None => None,
            },
        };
        Ok(written)
    }
}

fn fill_items(items: &[String], filler: &Filler<'_>, source: &Source, form: Form) -> Result<Vec<String>, RenderError> {
    let mut filled = Vec::new();
    for item in items {
        if item == REASONS {
            for reason in &filler.facts.reasons {
                filled.push(match form {
                    Form::Text => reason.clone(),
                    Form::Html => HtmlEscape(reason).to_string(),
                });
            }
        } else if item == SERVICES {
            filled.extend(filler.facts.services.iter().map(|service| linked(service, form)));
        } else {
            filled.push(filler.fill(source, item, form)?);
        }
    }
    filled.retain(|item| !item.is_empty());
    Ok(filled)
}

fn linked(service: &ServiceLine, form: Form) -> String {
    let ServiceLine { name, town, url } = service;
    match form {
        Form::Text => {
            let town = town.as_ref().map(|town| format!(" ({town})")).unwrap_or_default();
            format!("{name}{town}\n  {url}")
        }
        Form::Html => {
            let town = town.as_ref().map(|town| format!(" ({})", HtmlEscape(town))).unwrap_or_default();
            format!("<a href=\"{}\">{}</a>{town}", HtmlEscape(url), HtmlEscape(name))
        }
    }
}

fn paragraph(filled: &str, form: Form) -> String {
    match form {
        Form::Text => filled.to_owned(),
        Form::Html => format!("<p style=\"margin:0 0 16px\">{}</p>", with_breaks(filled)),
    }
}

fn quote(filled: &str, form: Form) -> String {
    match form {
        Form::Text => filled.lines().map(|line| format!("> {line}").trim_end().to_owned()).collect::<Vec<_>>().join("\n"),
        Form::Html => format!("<blockquote style=\"{QUOTE}\">{}</blockquote>", with_breaks(filled)),
    }
}

fn list(items: &[String], form: Form) -> Option<String> {
    if items.is_empty() {
        return None;
    }
    let (open, close) = match form {
        Form::Text => ("- ", ""),
        Form::Html => ("<li>", "</li>"),
    };
    let lines: Vec<_> = items.iter().map(|item| format!("{open}{item}{close}")).collect();
    Some(match form {
        Form::Text => lines.join("\n"),
        Form::Html => format!("<ul style=\"margin:0 0 16px;padding-left:24px\">\n{}\n</ul>", lines.join("\n")),
    })
}

fn button(label: &str, url: &str, form: Form) -> String {
    match form {
        Form::Text => format!("{label}\n{url}"),
        Form::Html => {
            let url = HtmlEscape(url);
            format!("<p style=\"margin:24px 0\"><a href=\"{url}\" style=\"{BUTTON}\">{label}</a></p>")
        }
    }
}

fn with_breaks(filled: &str) -> String {
    filled.replace('\n', "<br>\n")
}
