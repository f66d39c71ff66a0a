//! Retrieval: against an acceptance at the same moment, and against whoever would learn something from a failure.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::balance::Balance;
use super::{base_of, name, rounds};
use crate::story::consent::{person_of, takes_back};
use crate::story::retrieval::{Carrier, one_answer};
use crate::story::{COACHING, form};
use crate::world::tools::{is_full, number, patiently, size};
use crate::world::{Client, Program, World};

/// After how long every failure answers, or after a multiple of it where the machine is slow.
const BEAT: Duration = Duration::from_millis(400);
/// How far the causes may lie apart, each by the time in its middle: a quarter of a beat.
const SPREAD: Duration = Duration::from_millis(100);

/// By which strides ten causes are gone through, each once.
const STRIDES: [usize; 4] = [1, 3, 7, 9];

/// Why a file is not retrieved: in words, who asks, and what they say.
type Cause = (&'static str, Client, Value);

/// One try of each kind that fails.
async fn causes(world: &World) -> Vec<Cause> {
    let (prescriber, operator, lea, omar) =
        (world.prescriber(), world.operator(), world.persona("operator_2"), world.persona("operator_3"));
    let service = world.service(COACHING).await;
    let known = Carrier::of(world, "Camara").await;
    let hidden = Carrier::with(world, form(&service, "Protégée", json!({"person": {"protected": true}}))).await;
    let hidden_record = Carrier::of(world, "Diarra").await;
    let person = person_of(&prescriber, &hidden_record.referral).await;
    prescriber.patches(&format!("/v1/people/{person}"), json!({"protected": true})).await.good();
    let over = Carrier::of(world, "Touré").await;
    operator.refuses(&over.referral, "no_capacity").await;
    let unwilling = Carrier::of(world, "Fofana").await;
    operator.accepts(&unwilling.referral).await;
    takes_back(&prescriber, &person_of(&prescriber, &unwilling.referral).await).await;
    let claimed = Carrier::of(world, "Sanogo").await;
    operator.accepts(&claimed.referral).await;
    assert_eq!(claimed.comes_to(&omar, json!({})).await.with_status(201).good()["state"], "claimed");
    let free = world.issues_booklet(&operator, 5).await;
    let mut urgent = hidden.asked();
    urgent["urgent"] = json!({"reason": "Urgence"});
    vec![
        ("another name", lea.clone(), json!({"family_name": "Camarade", "booklet_number": known.number})),
        ("unknown number", lea.clone(), json!({"family_name": "Camara", "booklet_number": "999zzz"})),
        ("a booklet of nobody", lea.clone(), json!({"family_name": "Camara", "booklet_number": free["number"]})),
        ("protected by the referral", lea.clone(), hidden.asked()),
        ("protected, urgent", lea.clone(), urgent),
        ("protected by the record", lea.clone(), hidden_record.asked()),
        ("ended", lea.clone(), over.asked()),
        ("consent withdrawn", lea.clone(), unwilling.asked()),
        ("claimed by another", lea, claimed.asked()),
        ("one's own file", operator, known.asked()),
    ]
}

/// Tries every cause so many times by turns; gives how long each took, sorted, and asserts that all say the same.
async fn tries(causes: &[Cause], turns: usize) -> BTreeMap<&'static str, Vec<Duration>> {
    let (mut took, mut bodies) = (BTreeMap::<_, Vec<_>>::new(), vec![]);
    // One after the other in the long proof, else side by side.
    let at_once = if is_full() { 1 } else { causes.len() };
    for turn in 0..turns {
        // Every turn in another order: what the server remembers for a second must not always help the same cause.
        let stride = STRIDES[turn % STRIDES.len()];
        let order: Vec<_> = (0..causes.len()).map(|place| &causes[(turn + place * stride) % causes.len()]).collect();
        for some in order.chunks(at_once) {
            let mut running = JoinSet::new();
            for (cause, who, asked) in some.iter().map(|cause| (*cause).clone()) {
                running.spawn(async move {
                    let begun = Instant::now();
                    let answer = who.insists("/v1/retrievals".to_owned(), asked).await;
                    (cause, begun.elapsed(), answer)
                });
            }
            for (cause, time, answer) in running.join_all().await {
                took.entry(cause).or_default().push(time);
                bodies.push(one_answer(&answer));
            }
        }
    }
    assert!(bodies.iter().all(|body| body == &bodies[0]), "{bodies:?}");
    for times in took.values_mut() {
        times.sort_unstable();
    }
    took
}

/// By how much the middle times of the causes differ.
fn spread(took: &BTreeMap<&'static str, Vec<Duration>>) -> Duration {
    let middle = |times: &Vec<Duration>| times[times.len() / 2];
    for (cause, times) in took {
        eprintln!("retrieval: {cause}: {:?} to {:?}, in the middle {:?}", times[0], times[times.len() - 1], middle(times));
    }
    let middles: Vec<_> = took.values().map(middle).collect();
    let spread = middles.iter().max().unwrap().abs_diff(*middles.iter().min().unwrap());
    eprintln!("retrieval: the causes lie {spread:?} apart");
    spread
}

both! {
    async fn every_failure_is_one_answer_after_one_time(world) {
        let causes = causes(world).await;
        assert_eq!(causes.len(), 10, "the strides reach every cause");
        let turns = size(100, 5);
        let mut took = tries(&causes, turns).await;
        assert!(took.values().all(|times| times[0] >= BEAT), "{took:?}");
        if spread(&took) >= SPREAD {
            // Once more: what a busy machine did to one cause it does not do to the same one twice.
            took = tries(&causes, turns).await;
            assert!(spread(&took) < SPREAD, "the causes differ in time: {took:?}");
        }
    }

    async fn a_retrieval_and_an_acceptance_do_not_both_happen(world) {
        let other = Program::start(&world.copy, &[]);
        let operator = world.operator();
        let mut balance = Balance::default();
        for round in 0..rounds() {
            let person = Carrier::of(world, &name(round)).await;
            let lea = world.client_at(base_of(world, &other, round), "operator_2");
            let asked = person.asked();
            let accept = balance.first(patiently(async || operator.does("accept", &person.referral).await));
            let retrieve = balance.second(patiently(async || lea.post("/v1/retrievals", asked.clone()).await));
            let (accepted, retrieved) = tokio::join!(accept, retrieve);
            let retrieved = retrieved.with_status(201).good();
            if accepted.status == 200 {
                balance.won_by(0);
                assert_eq!((retrieved["state"].as_str(), operator.sees(&person.referral).await.as_str()), (Some("claimed"), "accepted"));
            } else {
                balance.won_by(1);
                accepted.refused(409, "not_open");
                assert_eq!((retrieved["state"].as_str(), operator.sees(&person.referral).await.as_str()), (Some("moved"), "redirected"));
                assert_eq!(lea.sees(retrieved["referral_id"].as_str().unwrap()).await, "sent");
            }
        }
        balance.ends();
        let database = world.copy.connect().await;
        let twice = "SELECT count(*) FROM (SELECT root_id FROM referral WHERE state IN ('sent', 'under_review', 'waitlisted', 'accepted') GROUP BY root_id HAVING count(*) > 1) AS doubled";
        assert_eq!(number(&database, twice).await, 0, "a chain has one open leg");
        database.close().await.unwrap();
    }
}
