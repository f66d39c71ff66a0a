use chrono::NaiveDate;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::directory::{Reception, TopicCode};
use crate::shared::{GeoPoint, ids::ServiceId};

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

#[rstest]
#[case::on_site_near(Some(Reception::OnSite), Some(3.04), Some((Stream::OnSite, Some(3040))))]
#[case::at_the_border(Some(Reception::OnSite), Some(50.0), Some((Stream::OnSite, Some(50_000))))]
#[case::on_site_far(Some(Reception::OnSite), Some(50.1), None)]
#[case::on_site_nowhere(Some(Reception::OnSite), None, None)]
#[case::not_told_near(None, Some(3.0), Some((Stream::OnSite, Some(3000))))]
#[case::not_told_far(None, Some(51.0), None)]
#[case::not_told_nowhere(None, None, None)]
#[case::remote_near(Some(Reception::Remote), Some(3.0), Some((Stream::Remote, None)))]
#[case::remote_far(Some(Reception::Remote), Some(500.0), Some((Stream::Remote, None)))]
#[case::both_near(Some(Reception::Both), Some(3.0), Some((Stream::OnSite, Some(3000))))]
#[case::both_far(Some(Reception::Both), Some(51.0), Some((Stream::Remote, None)))]
#[case::both_nowhere(Some(Reception::Both), None, Some((Stream::Remote, None)))]
fn ranges(#[case] reception: Option<Reception>, #[case] nearest: Option<f64>, #[case] expected: Option<(Stream, Option<u32>)>) {
    assert_eq!(in_range(reception, nearest, 50).map(|range| (range.stream, range.metres)), expected);
}

#[test]
fn factors_have_their_ends() {
    assert_eq!((distance_factor(None, 50), distance_factor(Some(0), 50), distance_factor(Some(50_000), 50)), (1000, 1000, 300));
    assert_eq!((quality_factor(0), quality_factor(1000)), (500, 1000));
    assert_eq!((metres(3.0404), kilometres(3040), kilometres(3050), kilometres(49)), (3040, 3.0, 3.1, 0.0));
}

#[test]
fn names_weigh_more_than_topics_more_than_notes_more_than_descriptions() {
    for kind in MatchKind::ALL {
        let points: Vec<u8> = TextField::ALL.iter().map(|field| match_points(*field, *kind)).collect();
        assert!(points.windows(2).all(|pair| pair[0] > pair[1]), "{points:?}");
    }
    for field in TextField::ALL {
        let points: Vec<u8> = MatchKind::ALL.iter().map(|kind| match_points(*field, *kind)).collect();
        assert!(points.windows(2).all(|pair| pair[0] > pair[1]), "{points:?}");
    }
}

#[test]
fn a_topic_filter_is_a_topic_or_a_category() {
    let topic: TopicCode = "famille--garde-denfants".parse().unwrap();
    assert!("famille".parse::<TopicFilter>().unwrap().matches(topic));
    assert!("famille--garde-denfants".parse::<TopicFilter>().unwrap().matches(topic));
    assert!(!"mobilite".parse::<TopicFilter>().unwrap().matches(topic));
    assert!("garde-denfants".parse::<TopicFilter>().is_err());
    assert_eq!("famille".parse::<TopicFilter>().unwrap().to_string(), "famille");
}

#[test]
fn topics_have_words_and_bits() {
    assert!(topic_words("famille--garde-denfants").contains(&"Childcare"));
    assert!(topic_words("famille--garde-denfants").contains(&"Gezin en familie"));
    let bits: Vec<u32> =
        crate::directory::reference_list("topics").unwrap().iter().map(|entry| topic_bit(entry.code.parse().unwrap()).unwrap()).collect();
    assert!(bits.iter().all(|bit| *bit < 128) && bits.windows(2).all(|pair| pair[0] < pair[1]));
}

#[rstest]
#[case("Mo-Fr 09:00-12:00,14:00-17:00", "2026-11-23T09:30:00", true)]
#[case("Mo-Fr 09:00-12:00,14:00-17:00", "2026-11-23T12:30:00", false)]
#[case("Mo-Fr 09:00-12:00,14:00-17:00", "2026-11-22T09:30:00", false)]
#[case("Mo[1] 09:00-12:00", "2026-11-23T09:30:00", false)]
#[case("24/7", "2026-11-22T03:30:00", true)]
#[case("le matin", "2026-11-23T09:30:00", false)]
#[case("", "2026-11-23T09:30:00", false)]
fn opening(#[case] hours: &str, #[case] at: &str, #[case] open: bool) {
    assert_eq!(is_open(hours, at.parse().unwrap()), open);
}

#[test]
fn a_box_may_cross_the_date_line() {
    let point = |latitude, longitude| GeoPoint::new(latitude, longitude).unwrap();
    let lille = BoundingBox { south_west: point(50.5, 2.9), north_east: point(50.7, 3.2) };
    assert!(lille.contains(point(50.63, 3.06)) && lille.contains(point(50.5, 2.9)));
    assert!(!lille.contains(point(50.63, 3.3)) && !lille.contains(point(50.8, 3.0)));
    let fiji = BoundingBox { south_west: point(-20.0, 177.0), north_east: point(-15.0, -178.0) };
    assert!(fiji.contains(point(-17.0, 178.0)) && fiji.contains(point(-17.0, -179.0)));
    assert!(!fiji.contains(point(-17.0, 0.0)));
}

fn keys(many: u8, first: u8) -> Vec<(Key, u8)> {
    (0..many).map(|number| (Key(u64::from(number), ServiceId(uuid::Uuid::from_u128(u128::from(first + number)))), first + number)).collect()
}

#[test]
fn after_every_two_on_site_comes_a_remote_one() {
    let mixed = |on_site, remote| {
        let (items, _) = interleave(Place::start(day("2026-11-23")), keys(on_site, 0), keys(remote, 100), 100);
        items.into_iter().map(|(_, item)| item).collect::<Vec<_>>()
    };
    assert_eq!(mixed(5, 3), [0, 1, 100, 2, 3, 101, 4, 102]);
    assert_eq!(mixed(4, 1), [0, 1, 100, 2, 3]);
    assert_eq!(mixed(1, 3), [0, 100, 101, 102]);
    assert_eq!(mixed(0, 2), [100, 101]);
    assert_eq!(mixed(2, 0), [0, 1]);
}

proptest! {
    #[test]
    fn pages_join_into_the_whole(on_site in 0_u8..20, remote in 0_u8..20, limit in 1_usize..9) {
        let (on_site, remote) = (keys(on_site, 0), keys(remote, 100));
        let start = Place::start(day("2026-11-23"));
        let (whole, _) = interleave(start, on_site.clone(), remote.clone(), 100);
        let (mut place, mut joined) = (start, vec![]);
        loop {
            let rest = |stream, keys: &[(Key, u8)]| {
                let last: Option<Key> = place.last(stream);
                keys.iter().copied().filter(|(key, _)| last.is_none_or(|last| *key > last)).collect::<Vec<_>>()
            };
            let (page, next) = interleave(place, rest(Stream::OnSite, &on_site), rest(Stream::Remote, &remote), limit);
            let read: Place = serde_json::from_str(&serde_json::to_string(&next).unwrap()).unwrap();
            prop_assert_eq!(read, next);
            place = next;
            if page.is_empty() {
                break;
            }
            joined.extend(page);
        }
        prop_assert_eq!(joined, whole);
    }
}
