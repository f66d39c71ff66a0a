//! Mail out: by SMTP, or as files in a folder.
//!
//! Whatever ends up in a header is a type of its own whose constructor refuses control characters, so a header cannot be
//! injected. Errors carry no address and no text of the server: they may be logged as they are.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, MultiPart},
    transport::smtp,
};

/// How long one exchange with the mail server may take.
const SMTP_TIMEOUT: Duration = Duration::from_secs(20);

/// A part of a header that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Empty, or only white space.
    #[error("a header is empty")]
    Empty,
    /// A line break or another control character.
    #[error("a header holds a control character")]
    ControlCharacter,
    /// Not an e-mail address.
    #[error("not an e-mail address")]
    NotAnAddress,
    /// Not a message id of the form `left@right`.
    #[error("not a message id")]
    NotAMessageId,
}

fn one_line(raw: &str) -> Result<&str, HeaderError> {
    if raw.chars().any(char::is_control) {
        return Err(HeaderError::ControlCharacter);
    }
    let text = raw.trim();
    if text.is_empty() { Err(HeaderError::Empty) } else { Ok(text) }
}

/// An e-mail address, with a display name or without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MailAddress(Mailbox);

impl MailAddress {
    /// Checks an address and its display name. A blank name counts as none.
    ///
    /// # Errors
    /// When the address is none, or when either holds a control character.
    pub fn new(name: Option<&str>, email: &str) -> Result<Self, HeaderError> {
        let address = one_line(email)?.parse().map_err(|_| HeaderError::NotAnAddress)?;
        let name = match name.map(one_line) {
            None | Some(Err(HeaderError::Empty)) => None,
            Some(checked) => Some(checked?.to_owned()),
        };
        Ok(Self(Mailbox::new(name, address)))
    }

    /// The bare address.
    pub fn email(&self) -> String {
        self.0.email.to_string()
    }
}

/// Reads `name@example.org` as well as `Name <name@example.org>`, as a configuration writes it.
impl std::str::FromStr for MailAddress {
    type Err = HeaderError;

    fn from_str(raw: &str) -> Result<Self, Self::Err> {
        one_line(raw)?.parse().map(Self).map_err(|_| HeaderError::NotAnAddress)
    }
}

/// A subject: one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject(String);

impl Subject {
    /// Checks a subject.
    ///
    /// # Errors
    /// When it is empty or holds a line break or another control character.
    pub fn new(raw: &str) -> Result<Self, HeaderError> {
        one_line(raw).map(|text| Self(text.to_owned()))
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message id without its angle brackets. The same notice always has the same one, so that a mail which left twice
/// shows once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageId(String);

impl MessageId {
    /// Checks an id of the form `left@right`: letters, digits, `.`, `-` and `_`, no leading dot, at most 200 characters.
    ///
    /// # Errors
    /// When it has another form.
    pub fn new(raw: &str) -> Result<Self, HeaderError> {
        let good = |part: &str| {
            !part.is_empty() && !part.starts_with('.') && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'))
        };
        match raw.split_once('@') {
            Some((left, right)) if raw.len() <= 200 && good(left) && good(right) => Ok(Self(raw.to_owned())),
            _ => Err(HeaderError::NotAMessageId),
        }
    }

    /// The id, without angle brackets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// One mail to one recipient.
#[derive(Clone, Debug)]
pub struct Mail {
    /// To whom.
    pub to: MailAddress,
    /// Whom an answer goes to, when not to the sending address.
    pub reply_to: Option<MailAddress>,
    /// The subject.
    pub subject: Subject,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The message id.
    pub message_id: MessageId,
}

/// Why a mail did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailReason {
    /// The server is away, slow, busy, or does not let us in.
    Unavailable,
    /// The server refused this mail for good.
    Refused,
    /// The mail could not be put together.
    Unbuildable,
    /// The folder could not be written.
    Folder,
}

impl MailReason {
    /// A stable word for logs and job records.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Unavailable => "mail_unavailable",
            Self::Refused => "mail_refused",
            Self::Unbuildable => "mail_unbuildable",
            Self::Folder => "mail_folder",
        }
    }
}

/// A mail that did not leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} (server code {code:?})", .reason.code())]
pub struct MailError {
    /// Whether a later try can succeed.
    pub retryable: bool,
    /// Why.
    pub reason: MailReason,
    /// The server's reply code, when it gave one.
    pub code: Option<u16>,
}

impl MailError {
    const fn without_code(reason: MailReason, retryable: bool) -> Self {
        Self { retryable, reason, code: None }
    }
}

impl From<smtp::Error> for MailError {
    /// A reply 5xx is final, except where the server only asks for other credentials: that is ours to repair, and the
    /// mail must not be lost meanwhile.
    fn from(error: smtp::Error) -> Self {
        let code = error.status().map(u16::from);
        let ours = matches!(code, Some(530 | 534 | 535 | 538));
        if error.is_permanent() && !ours {
            Self { retryable: false, reason: MailReason::Refused, code }
        } else {
            Self { retryable: true, reason: MailReason::Unavailable, code }
        }
    }
}

impl From<io::Error> for MailError {
    fn from(_: io::Error) -> Self {
        Self::without_code(MailReason::Folder, true)
    }
}

/// Sends mail.
#[derive(Clone)]
pub enum Mailer {
    /// To a mail server.
    Smtp {
        /// The sending address.
        from: MailAddress,
        /// The pooled connections.
        transport: AsyncSmtpTransport<Tokio1Executor>,
    },
    /// Into a folder, one `.eml` file per mail, named by its message id.
    Folder {
        /// The sending address.
        from: MailAddress,
        /// Where the files go.
        path: PathBuf,
    },
}

impl fmt::Debug for Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Smtp { from, .. } => f.debug_struct("Smtp").field("from", from).finish_non_exhaustive(),
            Self::Folder { from, path } => f.debug_struct("Folder").field("from", from).field("path", path).finish(),
        }
    }
}

impl Mailer {
    /// A mailer for a server: `smtp://user:password@host:587?tls=required`, or `smtps://…`.
    ///
    /// # Errors
    /// When the URL is not understood. The error does not repeat it, since it may hold a password.
    pub fn smtp(url: &str, from: MailAddress) -> Result<Self, MailError> {
        let builder =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|_| MailError::without_code(MailReason::Unavailable, false))?;
        Ok(Self::Smtp { from, transport: builder.timeout(Some(SMTP_TIMEOUT)).build() })
    }

    /// A mailer that writes files. The folder is made with the first mail.
    pub const fn folder(path: PathBuf, from: MailAddress) -> Self {
        Self::Folder { from, path }
    }

    /// Sends one mail. The same mail sent twice to a folder is one file.
    ///
    /// # Errors
    /// When it did not leave; `retryable` says whether to try again later.
    pub async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        match self {
            Self::Smtp { from, transport } => {
                transport.send(compose(mail, from)?).await?;
                Ok(())
            }
            Self::Folder { from, path } => {
                let bytes = compose(mail, from)?.formatted();
                let (folder, name) = (path.clone(), format!("{}.eml", mail.message_id.as_str()));
                tokio::task::spawn_blocking(move || write_atomically(&folder, &name, &bytes))
                    .await
                    .map_err(|_| MailError::without_code(MailReason::Folder, true))??;
                Ok(())
            }
        }
    }
}

fn compose(mail: &Mail, from: &MailAddress) -> Result<Message, MailError> {
    let mut builder = Message::builder()
        .from(from.0.clone())
        .to(mail.to.0.clone())
        .subject(mail.subject.as_str())
        .message_id(Some(format!("<{}>", mail.message_id.as_str())));
    if let Some(reply_to) = &mail.reply_to {
        builder = builder.reply_to(reply_to.0.clone());
    }
    builder
        .multipart(MultiPart::alternative_plain_html(mail.text.clone(), mail.html.clone()))
        .map_err(|_| MailError::without_code(MailReason::Unbuildable, false))
}

/// Writes beside, flushes, renames, and flushes the folder: a reader sees the whole file or none.
fn write_atomically(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    fs::create_dir_all(folder)?;
    let beside = folder.join(format!(".{name}.{}-{}.tmp", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed)));
    let written = write_and_flush(&beside, bytes).and_then(|()| fs::rename(&beside, folder.join(name)));
    if written.is_err() {
        // The first error is the one to report.
        fs::remove_file(&beside).ok();
    }
    written?;
    File::open(folder)?.sync_all()
}

fn write_and_flush(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests;
