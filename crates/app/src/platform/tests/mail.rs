//! Mail servers that are away, refuse somebody, or send something back.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use relais_domain::shared::ids::ReferralId;
use relais_domain::task::TaskKind;
use relais_persistence::message::view::NoticeView;
use relais_persistence::platform::view::JobView;

use super::*;
use crate::message::deliver::{self, BounceReport};

/// A mail server that keeps what it was handed, and answers each recipient as it is told.
#[derive(Clone, Default)]
struct MailServer {
    /// What it says to whom; `250` to everybody else.
    answers: Arc<Mutex<Vec<(&'static str, &'static str)>>>,
    /// The recipient and the message id of each mail that was tried.
    tried: Arc<Mutex<Vec<(String, String)>>>,
}

impl MailServer {
    /// Listens, and gives the mailer that sends to it.
    fn listens(&self) -> Mailer {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let server = self.clone();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let server = server.clone();
                thread::spawn(move || server.serves(stream.unwrap()));
            }
        });
        Mailer::smtp(&format!("smtp://{address}"), "relais@example.org".parse().unwrap()).unwrap()
    }

    fn answers(&self, answers: &[(&'static str, &'static str)]) {
        *self.answers.lock().unwrap() = answers.to_vec();
    }

    fn serves(&self, stream: TcpStream) {
        let mut out = stream.try_clone().unwrap();
        let mut lines = BufReader::new(stream).lines();
        out.write_all(b"220 ready\r\n").unwrap();
        let mut to = String::new();
        while let Some(Ok(line)) = lines.next() {
            let answer = match line.split(' ').next().unwrap_or_default() {
                "QUIT" => "221 bye",
                "RCPT" => {
                    line.clone_into(&mut to);
                    "250 ok"
                }
                "DATA" => {
                    out.write_all(b"354 go on\r\n").unwrap();
                    let data: Vec<_> = lines.by_ref().map_while(Result::ok).take_while(|line| line != ".").collect();
                    let id = data.iter().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_owned();
                    self.tried.lock().unwrap().push((to.clone(), id));
                    let answers = self.answers.lock().unwrap();
                    answers.iter().find(|(address, _)| to.contains(address)).map_or("250 queued", |(_, answer)| answer)
                }
                _ => "250 ok",
            };
            if out.write_all(format!("{answer}\r\n").as_bytes()).is_err() {
                break;
            }
        }
    }

    /// The message ids of what was tried for somebody, each once.
    fn ids_to(&self, address: &str) -> Vec<String> {
        let mut ids: Vec<_> = self.tried.lock().unwrap().iter().filter(|(to, _)| to.contains(address)).map(|(_, id)| id.clone()).collect();
        ids.sort();
        ids.dedup();
        ids
    }
}

async fn waiting(world: &World) -> Vec<JobView> {
    let page = PageRequest { limit: 200, ..PageRequest::default() };
    let all = jobs::list(&world.app, &caller(world, Template::PlatformAdmin), &["ready".into()], &page).await.unwrap().items;
    all.into_iter().filter(|job| job.kind == notify::NOTICE_JOB).collect()
}

/// Makes what waits due at once, as if its time had come.
async fn time_comes(world: &World) {
    time_comes_for_mails(world).await;
    worker::run_due(&world.app, "test").await.unwrap();
}

async fn told(world: &World, leg: ReferralId, kind: &str, recipient: &str) -> NoticeView {
    let notices = relais_persistence::message::read::notices_of(&world.app.db, leg).await.unwrap();
    notices.into_iter().find(|notice| notice.kind == kind && notice.recipient == recipient).unwrap()
}

/// How many notices the sender is asked to tell by other means.
async fn undelivered(world: &World, leg: ReferralId) -> usize {
    let task = relais_persistence::task::read::open_of(&world.app.db, leg, world.sender, TaskKind::Undelivered).await.unwrap();
    task.map_or(0, |task| task.notices.as_array().unwrap().len())
}

async fn came_back(world: &World, message_id: &str) {
    let report = BounceReport { message_id: message_id.to_owned() };
    deliver::bounced(&world.app, &caller(world, Template::PlatformAdmin), &report).await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_away_for_two_days_delays_mails_and_loses_none() {
    let server = MailServer::default();
    let world = world("two-days", Some(server.listens())).await;
    server.answers(&[("@", "451 away")]);
    let leg = send(&world).await;
    worker::run_due(&world.app, "test").await.unwrap();
    let mut away = TimeDelta::zero();
    while away < TimeDelta::days(2) {
        let jobs = waiting(&world).await;
        assert_eq!(jobs.len(), 3, "after {away} all wait");
        away += jobs.iter().map(|job| job.run_at - world.app.clock.now()).min().unwrap();
        time_comes(&world).await;
    }
    assert_eq!(told(&world, leg.id, "sent", "receiver").await.state, "pending");
    server.answers(&[]);
    time_comes(&world).await;
    for (kind, recipient) in [("sent", "receiver"), ("sent", "sender"), ("sent_to_person", "person")] {
        assert_eq!(told(&world, leg.id, kind, recipient).await.state, "sent", "{recipient}");
    }
    for address in ["contact@receiver.example", "omar@receiver.example", "paula@sender.example", "zoe@person.example"] {
        assert_eq!(server.ids_to(address).len(), 1, "{address} can tell that it is one mail");
    }
}

#[tokio::test]
async fn a_desk_that_refuses_for_good_is_told_although_a_colleague_was_reached() {
    let server = MailServer::default();
    let world = world("partial", Some(server.listens())).await;
    server.answers(&[("contact@receiver.example", "550 no such mailbox")]);
    let leg = send(&world).await;
    worker::run_due(&world.app, "test").await.unwrap();
    assert_eq!(server.ids_to("omar@receiver.example").len(), 1, "one does not keep the other");
    let notice = told(&world, leg.id, "sent", "receiver").await;
    assert_eq!((notice.state.as_str(), notice.error_code.as_deref()), ("failed", Some("mail_refused")));
    assert_eq!(undelivered(&world, leg.id).await, 1);
    assert_eq!(told(&world, leg.id, "sent", "sender").await.state, "sent");
}

#[tokio::test]
async fn what_comes_back_while_another_mail_of_it_still_waits_stays_known() {
    let server = MailServer::default();
    let world = world("bounced-early", Some(server.listens())).await;
    server.answers(&[("omar@receiver.example", "451 later")]);
    let leg = send(&world).await;
    worker::run_due(&world.app, "test").await.unwrap();
    assert_eq!(told(&world, leg.id, "sent", "receiver").await.state, "pending");
    came_back(&world, &server.ids_to("contact@receiver.example")[0]).await;
    server.answers(&[]);
    time_comes(&world).await;
    assert_eq!(server.ids_to("omar@receiver.example").len(), 1);
    assert!(waiting(&world).await.is_empty(), "the other mail has left");
    let notice = told(&world, leg.id, "sent", "receiver").await;
    assert_eq!((notice.state.as_str(), notice.error_code.as_deref()), ("failed", Some("bounced")));
    assert_eq!(undelivered(&world, leg.id).await, 1);
}

#[tokio::test]
async fn in_the_sandbox_too_one_address_that_is_none_keeps_no_other_mail() {
    let world = world("unfit", None).await;
    let mut tx = begin(&world.app).await;
    add_user(&mut tx, "Bad Address", "no address at all", (world.receiver, Template::Operator), true).await;
    tx.commit().await.unwrap();
    let leg = send(&world).await;
    advance(&world, "PT1M").await;
    let mut reached: Vec<_> = mails(&world, "sent").await.into_iter().map(|mail| mail.to).collect();
    reached.sort();
    assert_eq!(reached, ["contact@receiver.example", "omar@receiver.example", "paula@sender.example"]);
    let notice = told(&world, leg.id, "sent", "receiver").await;
    assert_eq!((notice.state.as_str(), notice.error_code.as_deref()), ("failed", Some("address_invalid")));
    assert_eq!(undelivered(&world, leg.id).await, 1);
}

#[tokio::test]
async fn a_sender_who_has_left_an_organisation_without_an_address_is_a_task() {
    let world = world("nobody", None).await;
    let mut tx = begin(&world.app).await;
    let left = tx.ctx().now.date_naive() - TimeDelta::days(1);
    let member = relais_persistence::identity::write::lock_membership_of(&tx, world.sender, world.user).await.unwrap().unwrap();
    let after = membership::Model { valid_from: left, valid_to: Some(left), ..member.clone() };
    tx.save::<membership::Entity>(&member, after, "end").await.unwrap();
    let sender = relais_persistence::identity::write::lock_organisation(&tx, world.sender).await.unwrap().unwrap();
    tx.save::<organisation::Entity>(&sender, organisation::Model { email: None, ..sender.clone() }, "update").await.unwrap();
    tx.commit().await.unwrap();
    let leg = send(&world).await;
    advance(&world, "PT1M").await;
    let notice = told(&world, leg.id, "sent", "sender").await;
    assert_eq!((notice.state.as_str(), notice.error_code.as_deref()), ("failed", Some("no_address")));
    assert_eq!(undelivered(&world, leg.id).await, 1);
    assert!(mails(&world, "sent").await.iter().all(|mail| mail.to != "paula@sender.example"), "who has left reads nothing");
}
