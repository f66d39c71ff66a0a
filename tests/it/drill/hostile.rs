//! Requests that no client library would send, written byte by byte. The program answers or hangs up, in time, never with a
//! failure of its own, and goes on serving everybody else.

use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::world::tools::is_full;
use crate::world::{Program, World};

/// How long a raw request is waited for: longer than any deadline of the program.
const PATIENCE: Duration = Duration::from_secs(40);

/// Sends bytes and gives what came back until the program hung up, and after how long.
fn exchange(program: &Program, bytes: &[u8]) -> (String, Duration) {
    heard(program, bytes, true)
}

/// The same; without `to_the_end`, the first piece of the answer is enough.
fn heard(program: &Program, bytes: &[u8], to_the_end: bool) -> (String, Duration) {
    let begun = Instant::now();
    let address = program.base.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream.set_write_timeout(Some(PATIENCE)).unwrap();
    // The program may hang up before it has read everything.
    let _ = stream.write_all(bytes);
    let (mut answer, mut piece) = (vec![], [0; 4096]);
    loop {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(length) => {
                answer.extend_from_slice(&piece[..length]);
                if !to_the_end {
                    break;
                }
            }
            Err(error) if error.kind() == ErrorKind::ConnectionReset => break,
            Err(error) => panic!("no answer and no end after {:?}: {error}", begun.elapsed()),
        }
    }
    (String::from_utf8_lossy(&answer).into_owned(), begun.elapsed())
}

/// The statuses of all answers on one connection.
fn statuses(answer: &str) -> Vec<u16> {
    let lines = answer.split("HTTP/1.1 ").skip(1);
    lines.map(|line| line[..3].parse().unwrap()).collect()
}

struct Attacker<'a> {
    world: &'a World,
    token: String,
}

impl Attacker<'_> {
    fn new(world: &World) -> Attacker<'_> {
        Attacker { world, token: world.copy.persona("prescriber")["token"].as_str().unwrap().to_owned() }
    }

    /// The head of a request by somebody who is signed in, ended by the last answer.
    fn head(&self, line: &str, more: &str) -> String {
        format!("{line} HTTP/1.1\r\nHost: relais\r\nAuthorization: Bearer {}\r\nConnection: close\r\n{more}\r\n", self.token)
    }

    fn json(&self, body: &str) -> Vec<u8> {
        let more = format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        let mut bytes = self.head("POST /v1/referrals", &more).into_bytes();
        bytes.extend_from_slice(body.as_bytes());
        bytes
    }

    /// Sends it; what comes back is none of the program's own failures, and one of the statuses wanted (none = hung up).
    fn tries(&self, what: &str, bytes: &[u8], wanted: &[u16]) {
        let (answer, took) = exchange(&self.world.program, bytes);
        let found = statuses(&answer);
        assert!(took < PATIENCE, "{what}: {took:?}");
        assert!(found.iter().all(|status| *status < 500), "{what}: {answer}");
        assert!(found.len() <= 1, "{what}: more than one answer: {answer}");
        let fits = found.first().map_or(wanted.is_empty() || wanted.contains(&0), |status| wanted.contains(status));
        assert!(fits, "{what}: {found:?} and not {wanted:?}: {answer}");
        if let Some(status) = found.first().filter(|status| **status >= 400 && answer.contains("x-request-id")) {
            assert!(answer.contains("application/problem+json"), "{what}: {status} without a problem document: {answer}");
        }
    }

    async fn everybody_else_is_served(&self) {
        self.world.anybody().get("/health/live").await.good();
        self.world.operator().get("/v1/referrals?limit=1").await.good();
    }
}

both! {
    async fn bodies_that_no_library_would_write(world) {
        let attacker = Attacker::new(world);
        let nested = |levels: usize| format!("{}{}", "[".repeat(levels), "]".repeat(levels));
        let in_objects = |levels: usize| format!("{}1{}", "{\"a\":".repeat(levels), "}".repeat(levels));
        let digits = "9".repeat(100_000);
        let many = (0..20_000).map(|number| format!("\"f{number}\":1")).collect::<Vec<_>>().join(",");
        let bodies: Vec<(&str, String, &[u16])> = vec![
            ("65 levels", nested(65), &[400]),
            ("100 000 levels", nested(100_000), &[400]),
            ("100 000 levels that never end", "[".repeat(100_000), &[400]),
            ("objects in objects", in_objects(10_000), &[400]),
            ("a key twice", r#"{"service_id":null,"service_id":null}"#.into(), &[400]),
            ("a key twice, once escaped", r#"{"reason":"a","\u0072eason":"b"}"#.into(), &[400]),
            ("NUL escaped", r#"{"reason":"a\u0000b"}"#.into(), &[400]),
            ("NUL as it is", "{\"reason\":\"a\0b\"}".into(), &[400]),
            ("NUL in a key", r#"{"rea\u0000son":"b"}"#.into(), &[400]),
            ("a lone surrogate", r#"{"reason":"\ud800"}"#.into(), &[400]),
            ("surrogates reversed", r#"{"reason":"\udc00\ud800"}"#.into(), &[400]),
            ("a surrogate and a letter", r#"{"reason":"\ud83dx"}"#.into(), &[400]),
            ("100 000 digits", format!("{{\"person\":{{\"birth_year\":{digits}}}}}"), &[400, 422]),
            ("100 000 digits behind the point", format!("{{\"person\":{{\"birth_year\":0.{digits}}}}}"), &[400, 422]),
            ("a huge exponent", r#"{"person":{"birth_year":1e999999999}}"#.into(), &[400, 422]),
            ("a huge negative exponent", r#"{"person":{"birth_year":1e-999999999}}"#.into(), &[400, 422]),
            ("minus zero", r#"{"person":{"birth_year":-0}}"#.into(), &[422]),
            ("a year beyond 64 bits", r#"{"person":{"birth_year":18446744073709551616}}"#.into(), &[422]),
            ("NaN", r#"{"person":{"birth_year":NaN}}"#.into(), &[400]),
            ("20 000 unknown fields", format!("{{{many}}}"), &[422]),
            ("a byte order mark", "\u{feff}{}".into(), &[400]),
            ("two documents", "{}{}".into(), &[400]),
            ("a text of one megabyte", format!("{{\"reason\":\"{}\"}}", "a".repeat(1_000_000)), &[422]),
            ("more than a megabyte", format!("{{\"reason\":\"{}\"}}", "a".repeat(1_100_000)), &[413]),
            ("a comment", "{/* */}".into(), &[400]),
            ("nothing, which is a draft without fields", String::new(), &[201]),
            ("a null", "null".into(), &[422]),
        ];
        for (what, body, wanted) in &bodies {
            attacker.tries(what, &attacker.json(body), wanted);
        }
        let mut broken = attacker.json("{\"reason\":\"aaaa\"}");
        let at = broken.len() - 4;
        broken[at] = 0xff;
        attacker.tries("not UTF-8", &broken, &[400]);
        attacker.everybody_else_is_served().await;
    }

    async fn heads_and_frames_that_no_library_would_write(world) {
        let attacker = Attacker::new(world);
        let json = "Content-Type: application/json\r\n";
        let post = |more: &str| attacker.head("POST /v1/referrals", &format!("{json}{more}"));
        let smuggled = attacker.head("GET /v1/me", "");
        let parameters = (0..10_000).map(|number| format!("p{number}=1")).collect::<Vec<_>>().join("&");
        let repeated = vec!["state=sent"; 10_000].join("&");
        let headers = |count: usize| (0..count).map(|number| format!("X-Bomb-{number}: 1\r\n")).collect::<String>();
        let chunked = "Transfer-Encoding: chunked\r\n";
        let requests: Vec<(&str, String, &[u16])> = vec![
            ("both lengths", format!("{}0\r\n\r\n{smuggled}", post(&format!("Content-Length: 4\r\n{chunked}"))), &[0, 400]),
            ("both lengths, reversed", format!("{}0\r\n\r\n{smuggled}", post(&format!("{chunked}Content-Length: 4\r\n"))), &[0, 400]),
            ("two lengths", format!("{}{{}}", post("Content-Length: 2\r\nContent-Length: 40\r\n")), &[0, 400]),
            ("a length with a sign", format!("{}{{}}", post("Content-Length: +2\r\n")), &[0, 400]),
            ("a negative length", post("Content-Length: -1\r\n"), &[0, 400]),
            ("a length beyond 64 bits", post("Content-Length: 99999999999999999999\r\n"), &[0, 400]),
            ("chunked, disguised", format!("{}0\r\n\r\n{smuggled}", post("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n")), &[0, 400]),
            ("chunked twice", format!("{}0\r\n\r\n", post(&format!("{chunked}{chunked}"))), &[0, 400]),
            ("a space before the colon", format!("{}0\r\n\r\n{smuggled}", post("Content-Length: 5\r\nTransfer-Encoding : chunked\r\n")), &[0, 400]),
            ("chunks that are no numbers", format!("{}zz\r\n{{}}\r\n0\r\n\r\n", post(chunked)), &[0, 400]),
            ("a chunk beyond 64 bits", format!("{}ffffffffffffffffff\r\n{{}}\r\n", post(chunked)), &[0, 400]),
            ("a chunk without its end", format!("{}2\r\n{{}}XX0\r\n\r\n", post(chunked)), &[0, 400]),
            ("a folded header", post("X-Fold: a\r\n b\r\nContent-Length: 2\r\n"), &[0, 400]),
            ("a NUL in a header", post("X-Nul: a\0b\r\nContent-Length: 2\r\n"), &[0, 400]),
            ("500 headers", attacker.head("GET /v1/me", &headers(500)), &[0, 400, 431]),
            ("a header of a megabyte", attacker.head("GET /v1/me", &format!("X-Long: {}\r\n", "a".repeat(1_000_000))), &[0, 400, 431]),
            ("a path of a megabyte", attacker.head(&format!("GET /v1/{}", "a".repeat(1_000_000)), ""), &[0, 400, 404, 414, 431]),
            ("10 000 parameters", attacker.head(&format!("GET /v1/referrals?{parameters}"), ""), &[0, 400, 414, 422, 431]),
            ("a parameter 10 000 times", attacker.head(&format!("GET /v1/referrals?{repeated}"), ""), &[0, 200, 400, 414, 422, 431]),
            ("a NUL in the path", attacker.head("GET /v1/referrals/%00", ""), &[404]),
            ("a NUL in the query", attacker.head("GET /v1/referrals?state=%00", ""), &[400]),
            ("half a percent", attacker.head("GET /v1/referrals?state=%e", ""), &[400]),
            ("a path with dots", attacker.head("GET /v1/../../etc/passwd", ""), &[0, 400, 404]),
            ("a file with dots", attacker.head("GET /docs/..%2f..%2fCargo.toml", ""), &[0, 400, 404]),
            ("an unknown method", attacker.head("BREW /v1/me", ""), &[405]),
            ("CONNECT", attacker.head("CONNECT relais:443", ""), &[0, 400, 404, 405]),
            ("TRACE", attacker.head("TRACE /v1/me", ""), &[405]),
            ("a whole address", attacker.head("GET http://elsewhere.example/v1/nothing", ""), &[404]),
            ("no host", "GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n".into(), &[200, 400]),
            ("HTTP/9.9", "GET /health/live HTTP/9.9\r\n\r\n".into(), &[0, 400]),
            ("garbage", "\u{1}\u{2}\u{3}\r\n\r\n".into(), &[0, 400]),
            ("TLS", "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}\r\n\r\n".into(), &[0, 400]),
            ("a body where none belongs", attacker.head("GET /v1/me", "Content-Length: 2\r\n") + "{}", &[400]),
            ("an idempotency key with a space", post("Idempotency-Key: a b\r\nContent-Length: 2\r\n") + "{}", &[400]),
            ("an idempotency key of 300", post(&format!("Idempotency-Key: {}\r\nContent-Length: 2\r\n", "k".repeat(300))) + "{}", &[400]),
            ("a match that is a star", attacker.head("DELETE /v1/referrals/01a20498-507d-7118-bae0-9009a1092957", "If-Match: *\r\n"), &[400]),
        ];
        for (what, request, wanted) in &requests {
            attacker.tries(what, request.as_bytes(), wanted);
        }
        attacker.everybody_else_is_served().await;
    }

    async fn half_a_request_and_then_silence_is_ended_by_the_program(world) {
        if !is_full() {
            return;
        }
        let attacker = Attacker::new(world);
        let body = json!({"reason": "à moitié"}).to_string();
        let whole = attacker.json(&body);
        let chunked = attacker.head("POST /v1/referrals", "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n");
        let halves = [
            ("half a body", whole[..whole.len() - 5].to_vec(), vec![408]),
            ("half a chunk", format!("{chunked}10\r\n{{").into_bytes(), vec![408]),
            ("half a head", whole[..60].to_vec(), vec![0, 408]),
        ];
        std::thread::scope(|scope| {
            for (what, bytes, wanted) in &halves {
                let program = &world.program;
                scope.spawn(move || {
                    // After half a chunk the framework answers in time and leaves it to the client to hang up.
                    let (answer, took) = heard(program, bytes, *what != "half a chunk");
                    let status = statuses(&answer).first().copied().unwrap_or(0);
                    assert!(wanted.contains(&status), "{what}: {answer}");
                    assert!((Duration::from_secs(14)..Duration::from_secs(35)).contains(&took), "{what}: {took:?}");
                });
            }
        });
        attacker.everybody_else_is_served().await;
    }
}
