use std::{
    io::{BufRead, BufReader, Write},
    net::{SocketAddr, TcpListener},
    sync::mpsc,
    thread,
};

use super::*;

fn address(email: &str) -> MailAddress {
    MailAddress::new(None, email).unwrap()
}

fn mail(id: &str) -> Mail {
    Mail {
        to: MailAddress::new(Some("Zoé Martin"), "zoe@example.org").unwrap(),
        reply_to: Some(address("adviser@example.org")),
        subject: Subject::new("Nouvelle orientation reçue").unwrap(),
        text: "Bonjour".to_owned(),
        html: "<p>Bonjour</p>".to_owned(),
        message_id: MessageId::new(id).unwrap(),
    }
}

struct TemporaryFolder(PathBuf);

impl TemporaryFolder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("relais-mail-{}-{name}", std::process::id()));
        fs::remove_dir_all(&path).ok();
        Self(path)
    }

    fn files(&self) -> Vec<String> {
        fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
    }
}

impl Drop for TemporaryFolder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).ok();
    }
}

#[tokio::test]
async fn a_folder_holds_one_file_per_mail() {
    let folder = TemporaryFolder::new("one-file");
    let mailer = Mailer::folder(folder.0.clone(), address("relais@example.org"));
    mailer.send(&mail("first@relais.example")).await.unwrap();
    mailer.send(&mail("first@relais.example")).await.unwrap();
    mailer.send(&mail("second@relais.example")).await.unwrap();
    let mut files = folder.files();
    files.sort();
    assert_eq!(files, ["first@relais.example.eml", "second@relais.example.eml"]);
}

#[tokio::test]
async fn a_file_is_a_whole_mail() {
    let folder = TemporaryFolder::new("whole");
    let mailer = Mailer::folder(folder.0.clone(), address("relais@example.org"));
    mailer.send(&mail("one@relais.example")).await.unwrap();
    let content = fs::read_to_string(folder.0.join("one@relais.example.eml")).unwrap();
    for expected in [
        "From: relais@example.org\r\n",
        "Reply-To: adviser@example.org\r\n",
        "Message-ID: <one@relais.example>\r\n",
        "<zoe@example.org>\r\n",
        "multipart/alternative",
        "<p>Bonjour</p>",
    ] {
        assert!(content.contains(expected), "{expected} is missing in {content}");
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_tried_again() {
    let folder = TemporaryFolder::new("a-file");
    fs::write(&folder.0, "in the way").unwrap();
    let mailer = Mailer::folder(folder.0.clone(), address("relais@example.org"));
    let error = mailer.send(&mail("one@relais.example")).await.unwrap_err();
    fs::remove_file(&folder.0).unwrap();
    assert_eq!(error, MailError { retryable: true, reason: MailReason::Folder, code: None });
}

#[test]
fn a_header_cannot_be_injected() {
    let injected = "Hello\r\nBcc: thief@example.org";
    assert_eq!(Subject::new(injected), Err(HeaderError::ControlCharacter));
    assert_eq!(Subject::new("a\nb"), Err(HeaderError::ControlCharacter));
    assert_eq!(Subject::new("a\0b"), Err(HeaderError::ControlCharacter));
    assert_eq!(Subject::new("  "), Err(HeaderError::Empty));
    assert_eq!(MailAddress::new(Some(injected), "a@example.org"), Err(HeaderError::ControlCharacter));
    assert_eq!(MailAddress::new(None, "a@example.org\r\nBcc: b@example.org"), Err(HeaderError::ControlCharacter));
    assert_eq!(MailAddress::new(None, "a@example.org, b@example.org"), Err(HeaderError::NotAnAddress));
    assert_eq!(MailAddress::new(None, "nobody"), Err(HeaderError::NotAnAddress));
    assert_eq!("A <a@example.org>\r\nX: y".parse::<MailAddress>(), Err(HeaderError::ControlCharacter));
}

#[test]
fn an_address_with_a_name_is_read_from_configuration() {
    assert_eq!("Relais <relais@example.org>".parse::<MailAddress>().unwrap().email(), "relais@example.org");
    assert_eq!(MailAddress::new(Some("  "), "a@example.org"), MailAddress::new(None, "a@example.org"));
}

#[test]
fn a_message_id_is_always_a_safe_file_name() {
    for bad in ["", "a", "@b", "a@", "../a@b", "a/b@c", "a@b\r\n", "<a@b>", "a@b@c", ".a@b", "a b@c"] {
        assert_eq!(MessageId::new(bad), Err(HeaderError::NotAMessageId), "{bad:?}");
    }
    assert!(MessageId::new("0190f5f2-8f3a-7cc3-98c4-dc0c0c07398f@relais.example").is_ok());
}

/// A mail server that serves one connection and answers the end of DATA with a fixed reply.
fn fake_server(reply: &'static str) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut out = stream.try_clone().unwrap();
        let mut lines = BufReader::new(stream).lines();
        out.write_all(b"220 fake ready\r\n").unwrap();
        while let Some(Ok(line)) = lines.next() {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "EHLO" => "250 fake".to_owned(),
                "QUIT" => "221 bye".to_owned(),
                "DATA" => {
                    out.write_all(b"354 go on\r\n").unwrap();
                    let data: Vec<_> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                    sender.send(data.join("\n")).ok();
                    reply.to_owned()
                }
                _ => "250 ok".to_owned(),
            };
            if out.write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                break;
            }
        }
    });
    (address, receiver)
}

async fn send_to(server: SocketAddr) -> Result<(), MailError> {
    let mailer = Mailer::smtp(&format!("smtp://{server}"), address("relais@example.org")).unwrap();
    mailer.send(&mail("one@relais.example")).await
}

#[tokio::test]
async fn a_mail_leaves_by_smtp() {
    let (server, received) = fake_server("250 queued");
    send_to(server).await.unwrap();
    let data = received.recv_timeout(Duration::from_secs(5)).unwrap();
    assert!(data.contains("Message-ID: <one@relais.example>"), "{data}");
    assert!(data.contains("To: ") && data.contains("<zoe@example.org>"), "{data}");
    assert!(data.contains("Subject: Nouvelle orientation =?utf-8?b?"), "{data}");
}

#[tokio::test]
async fn a_busy_server_is_tried_again() {
    let (server, _received) = fake_server("451 try later");
    let error = send_to(server).await.unwrap_err();
    assert_eq!(error, MailError { retryable: true, reason: MailReason::Unavailable, code: Some(451) });
}

#[tokio::test]
async fn a_refused_mail_is_not_tried_again() {
    let (server, _received) = fake_server("550 no such mailbox zoe@example.org");
    let error = send_to(server).await.unwrap_err();
    assert_eq!(error, MailError { retryable: false, reason: MailReason::Refused, code: Some(550) });
    assert!(!error.to_string().contains("zoe"), "an error names nobody");
}

#[tokio::test]
async fn credentials_that_the_server_refuses_lose_no_mail() {
    let (server, _received) = fake_server("535 bad credentials");
    assert!(send_to(server).await.unwrap_err().retryable);
}

#[tokio::test]
async fn a_server_that_is_down_is_tried_again() {
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = send_to(closed).await.unwrap_err();
    assert_eq!(error, MailError { retryable: true, reason: MailReason::Unavailable, code: None });
}

#[test]
fn a_bad_url_is_not_repeated() {
    let error = Mailer::smtp("smtp//user:secret@host", address("relais@example.org")).unwrap_err();
    assert!(!format!("{error} {error:?}").contains("secret"));
}
