//! Turns a notice into a subject, a text and an HTML page, in the recipient's language.
//!
//! Facts that the recipient has no right to are blanked first, so a template cannot leak them. A text is one file of
//! blocks divided by blank lines: the subject, then paragraphs, lists (`- `), quotations (`> `) and buttons
//! (`[label](fact)`). The file is divided before anything is filled in: no fact can add a block or a link.

mod block;
mod facts;
mod sources;
#[cfg(test)]
mod tests;

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};
use minijinja::{Environment, ErrorKind, UndefinedBehavior, Value, context};
use relais_domain::message::{NoticeKind, Recipient, detail, pairs};
pub use relais_domain::shared::Language;

pub use facts::{NoticeFacts, ServiceLine};

use block::Block;
use sources::{FOOTER, GREETING, LAYOUT, PHRASES, Source, source};

static ENVIRONMENT: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment
});

/// A date as people write it: `1er mars 2026`, `1 maart 2026`, `1. März 2026`, `1 March 2026`.
pub fn date_in(language: Language, date: NaiveDate) -> String {
    const FRENCH: [&str; 12] =
        ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"];
    const DUTCH: [&str; 12] =
        ["januari", "februari", "maart", "april", "mei", "juni", "juli", "augustus", "september", "oktober", "november", "december"];
    const GERMAN: [&str; 12] =
        ["Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November", "Dezember"];
    const ENGLISH: [&str; 12] =
        ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
    let (day, months) = match (language, date.day()) {
        (Language::Fr, 1) => ("1er".to_owned(), &FRENCH),
        (Language::Fr, day) => (day.to_string(), &FRENCH),
        (Language::Nl, day) => (day.to_string(), &DUTCH),
        (Language::De, day) => (format!("{day}."), &GERMAN),
        (Language::En, day) => (day.to_string(), &ENGLISH),
    };
    let month = months.get(date.month0() as usize).copied().unwrap_or_default();
    format!("{day} {month} {}", date.year())
}

/// A notice, ready to be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rendered {
    /// The subject: one line, no control character.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as a whole HTML page.
    pub html: String,
}

/// Why a notice could not be rendered. Never repeats a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// The table of notices never tells this recipient of this kind.
    #[error("no notice of kind {kind} is meant for {recipient}")]
    NotMeantFor {
        /// The kind.
        kind: NoticeKind,
        /// The recipient.
        recipient: Recipient,
    },
    /// A link is not an http or https address.
    #[error("{fact} is not a web address")]
    BadLink {
        /// The name of the fact.
        fact: &'static str,
    },
    /// A text is broken.
    #[error("the text {name} is broken: {kind}")]
    Broken {
        /// The name of the text.
        name: &'static str,
        /// What the template engine says.
        kind: ErrorKind,
    },
}

/// How the blocks of a text are written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Text,
    Html,
}

/// Renders a notice.
///
/// # Errors
/// When the table never yields this pair, when a link is no web address, or when a text is broken (which the tests
/// exclude for every text and language).
pub fn render(kind: NoticeKind, recipient: Recipient, language: Language, facts: &NoticeFacts) -> Result<Rendered, RenderError> {
    let text =
        source(kind, recipient).filter(|_| pairs().contains(&(kind, recipient))).ok_or(RenderError::NotMeantFor { kind, recipient })?;
    let facts = facts.clone().limited_to(detail(kind, recipient));
    facts.check_links()?;
    let filler = Filler { language, values: facts.values(language), facts: &facts };

    let (head, body) = text.text(language).split_once("\n\n").unwrap_or((text.text(language), ""));
    let subject = single_line(&filler.fill(text, head, Form::Text)?);
    let blocks = Block::all(body);
    let write = |form| {
        let greeting = Block::Paragraph(GREETING.text(language).trim().to_owned()).write(&filler, &GREETING, form);
        std::iter::once(greeting)
            .chain(blocks.iter().map(|block| block.write(&filler, text, form)))
            .filter_map(Result::transpose)
            .collect::<Result<Vec<_>, _>>()
    };
    let footer = |form| filler.fill(&FOOTER, FOOTER.text(language), form);

    let plain = format!("{}\n\n-- \n{}\n", write(Form::Text)?.join("\n\n"), footer(Form::Text)?);
    let html = ENVIRONMENT
        .render_named_str(
            "layout.html",
            LAYOUT,
            context! {
                lang => language.code(),
                subject => subject.as_str(),
                parts => write(Form::Html)?.into_iter().map(Value::from_safe_string).collect::<Value>(),
                footer => Value::from_safe_string(footer(Form::Html)?),
            },
        )
        .map_err(|error| RenderError::Broken { name: "layout", kind: error.kind() })?;
    Ok(Rendered { subject, text: plain, html })
}

/// Fills the parts of one notice.
struct Filler<'a> {
    language: Language,
    values: Value,
    facts: &'a NoticeFacts,
}

impl Filler<'_> {
    /// Fills one part of a text; in HTML every fact is escaped.
    fn fill(&self, source: &Source, part: &str, form: Form) -> Result<String, RenderError> {
        let name = match form {
            Form::Text => "part.txt",
            Form::Html => "part.html",
        };
        let whole = format!("{}{part}", PHRASES.text(self.language).replace('\n', ""));
        ENVIRONMENT
            .render_named_str(name, &whole, self.values.clone())
            .map(|filled| filled.trim().to_owned())
            .map_err(|error| RenderError::Broken { name: source.name(), kind: error.kind() })
    }
}

/// One line: every run of white space or control characters becomes one space.
fn single_line(raw: &str) -> String {
    raw.split(|c: char| c.is_whitespace() && c != '\u{a0}' || c.is_control()).filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}
