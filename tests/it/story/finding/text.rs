//! Words: what people type, and what it finds.

use serde_json::json;

use super::{found, found_sorted, offers};

both! {
    async fn words_are_met_however_they_are_written(world) {
        offers(world, "Ateliers de réparation d’électroménager", json!({})).await;
        offers(world, "Hulp bij formulieren invullen", json!({"summary": "Wij helpen u met de formulieren."})).await;
        offers(world, "Beratung für Wohnungen", json!({"summary": "Wir helfen Ihnen bei der Suche."})).await;
        offers(world, "Counselling for carers", json!({"summary": "We are there for you."})).await;
        offers(world, "Vélo", json!({})).await;
        let nobody = world.anybody();
        for (typed, expected) in [
            ("ateliers", "Ateliers"), ("ATELIER", "Ateliers"), ("reparation", "Ateliers"), ("réparations", "Ateliers"),
            ("electromenagers", "Ateliers"), ("electromenagr", "Ateliers"), ("rpéaration", "Ateliers"), ("réparer électroménager", "Ateliers"),
            ("atelier pour la réparation", "Ateliers"), ("electrom", "Ateliers"), ("formulier", "Hulp"), ("Formulieren", "Hulp"),
            ("formuliern", "Hulp"), ("hulp formulier", "Hulp"), ("hulp bij het formulier", "Hulp"), ("wohnung", "Beratung"),
            ("Beratungen", "Beratung"), ("beratugn", "Beratung"), ("fur eine Wohnung", "Beratung"), ("carer", "Counselling"),
            ("counseling", "Counselling"), ("for the carers", "Counselling"), ("velo", "Vélo"), ("velos", "Vélo"), ("vilo", ""),
            ("ateliers wohnung", ""), ("elektromenagr", ""), ("zzyzx", ""),
        ] {
            let names = found(&nobody, &format!("q={}", typed.replace(' ', "+"))).await;
            let begun: Vec<&str> = names.iter().map(|name| name.split(' ').next().unwrap()).collect();
            let expected: Vec<&str> = if expected.is_empty() { vec![] } else { vec![expected] };
            assert_eq!(begun, expected, "{typed}");
        }
        assert_eq!(found(&nobody, "q=").await.len(), 5, "no words ask nothing");
    }

    async fn names_weigh_more_than_topics_and_these_more_than_descriptions(world) {
        offers(world, "d", json!({"description": "On parle aussi du permis."})).await;
        offers(world, "c", json!({"audience_note": "Pour qui n’a pas le permis."})).await;
        offers(world, "b", json!({"topics": ["mobilite--preparer-un-permis"]})).await;
        offers(world, "a permis", json!({})).await;
        let nobody = world.anybody();
        assert_eq!(found(&nobody, "q=permis").await, ["a permis", "b", "c", "d"]);
        assert_eq!(found(&nobody, "q=permis&commune=59350").await, ["a permis", "b", "c", "d"], "remote ones are in their order too");
        offers(world, "a permiss", json!({})).await;
        let mut named = found(&nobody, "q=permis").await;
        named.retain(|name| name.starts_with("a "));
        assert_eq!(named, ["a permis", "a permiss"], "letter by letter before a typo");
    }

    async fn topics_are_found_by_what_people_call_them(world) {
        offers(world, "Au volant", json!({"topics": ["mobilite--preparer-un-permis"]})).await;
        offers(world, "À table", json!({"topics": ["equipement-et-alimentation--alimentation"]})).await;
        let nobody = world.anybody();
        for (typed, expected) in [
            ("permis de conduire", "Au volant"), ("auto-école", "Au volant"), ("permi de conduir", "Au volant"), ("rijbewijs", "Au volant"),
            ("Führerschein", "Au volant"), ("fuhrerschein", "Au volant"), ("driving licence", "Au volant"), ("mobilité", "Au volant"),
            ("se déplacer", "Au volant"), ("aide alimentaire", "À table"), ("voedselhulp", "À table"), ("food aid", "À table"),
        ] {
            assert_eq!(found(&nobody, &format!("q={}", typed.replace(' ', "+"))).await, [expected], "{typed}");
        }
        assert_eq!(found_sorted(&nobody, "topic=mobilite").await, ["Au volant"], "a whole category");
        assert_eq!(found_sorted(&nobody, "topic=mobilite&topic=equipement-et-alimentation--alimentation").await.len(), 2);
        assert_eq!(found(&nobody, "topic=mobilite--acceder-a-un-vehicule").await, Vec::<String>::new());
    }
}
