//! What to say to a person who has no e-mail address: the words that a mail would have had, written when they are read.

use relais_domain::message::Recipient;
use relais_domain::shared::ids::NoticeId;
use relais_persistence::message::read;
use relais_persistence::message::view::{Saying, Told};

use super::address::{self, Addressee, LinkTo};
use super::{Brief, Matter, facts};
use crate::message::render::{Rendered, render};
use crate::{App, Caller, Refusal};

/// What to say for each notice, in order; one that cannot be written any more is left out.
///
/// # Errors
/// As any read.
pub(crate) async fn to_say(app: &App, caller: &Caller, told: &[Told]) -> Result<Vec<Saying>, Refusal> {
    let mut say = Vec::new();
    for Told { notice_id, kind, at } in told {
        if let Some(Rendered { subject, text, html: _ }) = for_the_person(app, caller, *notice_id).await? {
            say.push(Saying { kind: kind.clone(), at: *at, subject, text });
        }
    }
    Ok(say)
}

/// The words of a notice for the person; none when they cannot be written any more.
///
/// # Errors
/// As any read.
async fn for_the_person(app: &App, caller: &Caller, id: NoticeId) -> Result<Option<Rendered>, Refusal> {
    let Some(story) = read::story(&app.db, id, None).await? else { return Ok(None) };
    let Ok(matter) = Matter::of(&story) else { return Ok(None) };
    if matter.recipient != Recipient::Person {
        return Ok(None);
    }
    let Some(leg) = &story.leg else { return Ok(None) };
    let to = Addressee {
        key: "person".to_owned(),
        name: address::full_name(&leg.form),
        email: String::new(),
        language: address::language_of_person(&story),
        link: LinkTo::Nowhere,
        digest_of: None,
    };
    let ctx = app.ctx(caller);
    let brief = Brief { app, ctx: &ctx, voice: address::voice(app, &story).await?, story: &story, matter };
    let facts = facts::of_leg(&brief, &to, None);
    Ok(render(matter.kind, matter.recipient, to.language, &facts).ok())
}
