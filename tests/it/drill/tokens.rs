//! Forged tokens: sixty ways to look like somebody. The forger knows everything but the key; for what only a holder of the key
//! could sign, the test opens the installation's own key and signs what it should not.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::EncodingKey;
use relais_adapters::crypto::{Sealer, hmac_sha256};
use relais_adapters::token::new_signing_key;
use sea_orm::{ConnectionTrait as _, Statement};
use serde_json::{Value, json};

use crate::world::World;

/// A real token in its parts.
struct Real {
    token: String,
    header: Value,
    claims: Value,
    parts: [String; 3],
    /// The installation's signing key.
    key: EncodingKey,
    /// Its public half, as the key set publishes it.
    public: Vec<u8>,
}

fn encoded(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token over these texts, signed with an Ed25519 key.
fn signed(header: &str, claims: &str, key: &EncodingKey) -> String {
    let input = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(input.as_bytes(), key, jsonwebtoken::Algorithm::EdDSA).unwrap();
    format!("{input}.{signature}")
}

fn changed(value: &Value, name: &str, to: Value) -> Value {
    let mut other = value.clone();
    other[name] = to;
    other
}

fn without(value: &Value, name: &str) -> Value {
    let mut other = value.clone();
    other.as_object_mut().unwrap().remove(name);
    other
}

async fn installations_key(world: &World) -> EncodingKey {
    let text = std::fs::read_to_string(world.copy.folder.join("master.key")).unwrap();
    let bytes: Vec<u8> = (0..32).map(|at| u8::from_str_radix(&text[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let master = Sealer::new(&<[u8; 32]>::try_from(bytes).unwrap()).unwrap();
    let database = world.copy.connect().await;
    let statement = Statement::from_string(database.get_database_backend(), "SELECT sealed FROM secret WHERE name = 'signing-1'");
    let sealed: String = database.query_one_raw(statement).await.unwrap().unwrap().try_get_by_index(0).unwrap();
    EncodingKey::from_ed_der(&master.open(b"signing-1", &sealed).unwrap())
}

async fn real(world: &World) -> Real {
    let token = world.copy.persona("operator")["token"].as_str().unwrap().to_owned();
    let parts: [String; 3] = token.split('.').map(ToOwned::to_owned).collect::<Vec<_>>().try_into().unwrap();
    let keys = world.anybody().get("/.well-known/jwks.json").await.good();
    let public = URL_SAFE_NO_PAD.decode(keys["keys"][0]["x"].as_str().unwrap()).unwrap();
    Real { header: decoded(&parts[0]), claims: decoded(&parts[1]), token, parts, key: installations_key(world).await, public }
}

/// The same signature with its scalar raised by the group's order: good for a careless verifier.
fn malleable(signature: &str) -> String {
    const ORDER: [u8; 32] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0x10,
    ];
    let mut bytes = URL_SAFE_NO_PAD.decode(signature).unwrap();
    let mut carry = 0_u16;
    for (byte, order) in bytes[32..].iter_mut().zip(ORDER) {
        let sum = u16::from(*byte) + u16::from(order) + carry;
        *byte = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Another last character for the same bytes: the bits beyond the last byte are set.
fn loose_end(part: &str) -> String {
    const ALPHABET: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (head, last) = part.split_at(part.len() - 1);
    let at = ALPHABET.iter().position(|known| *known == last.as_bytes()[0]).unwrap();
    format!("{head}{}", char::from(ALPHABET[at | 1]))
}

/// What a forger without any key tries.
fn without_a_key(real: &Real, other: &str) -> Vec<(&'static str, String)> {
    let Real { token, header, claims, parts: [head, body, signature], public, .. } = real;
    let unsigned = |algorithm: &str| format!("{}.{body}.", encoded(&changed(header, "alg", json!(algorithm))));
    let hmac = |algorithm: &str, secret: &[u8]| {
        let input = format!("{}.{body}", encoded(&changed(header, "alg", json!(algorithm))));
        format!("{input}.{}", hmac_sha256(secret, input.as_bytes()))
    };
    let rehead = |header: Value| format!("{}.{body}.{signature}", encoded(&header));
    let reclaim = |claims: Value| format!("{head}.{}.{signature}", encoded(&claims));
    let foreign = EncodingKey::from_ed_der(&new_signing_key().unwrap());
    let resigned = |header: &Value| signed(&header.to_string(), &claims.to_string(), &foreign);
    let own_jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": URL_SAFE_NO_PAD.encode([7; 32])});
    let others = other.split('.').collect::<Vec<_>>();
    vec![
        ("alg none", unsigned("none")),
        ("alg None", unsigned("None")),
        ("alg NONE with the signature", format!("{}{signature}", unsigned("NONE"))),
        ("alg empty", unsigned("")),
        ("alg null", rehead(changed(header, "alg", Value::Null))),
        ("alg missing", rehead(without(header, "alg"))),
        ("alg ES256", rehead(changed(header, "alg", json!("ES256")))),
        ("alg RS256", rehead(changed(header, "alg", json!("RS256")))),
        ("alg eddsa", rehead(changed(header, "alg", json!("eddsa")))),
        ("alg list", rehead(changed(header, "alg", json!(["EdDSA"])))),
        ("HS256 with the public key", hmac("HS256", public)),
        ("HS256 with the published text of the public key", hmac("HS256", URL_SAFE_NO_PAD.encode(public).as_bytes())),
        ("HS256 with an empty key", hmac("HS256", b"")),
        ("EdDSA named, HMAC made", hmac("EdDSA", public)),
        ("a key of one's own", resigned(header)),
        ("a key of one's own, embedded", resigned(&changed(header, "jwk", own_jwk))),
        ("a key of one's own, by address", resigned(&changed(header, "jku", json!("http://127.0.0.1:9/keys.json")))),
        ("a key of one's own, by certificate", resigned(&changed(header, "x5c", json!(["MIIB"])))),
        ("another kid", rehead(changed(header, "kid", json!("signing-2")))),
        ("a kid that is a path", rehead(changed(header, "kid", json!("../../master.key")))),
        ("a kid that is SQL", rehead(changed(header, "kid", json!("' OR 1=1 --")))),
        ("no kid", rehead(without(header, "kid"))),
        ("another subject", reclaim(changed(claims, "sub", json!("01a20498-45a4-7342-bb1d-64334978619c")))),
        ("another session", reclaim(changed(claims, "sid", json!("01a20498-45a4-7342-bb1d-64334978619c")))),
        ("a longer life", reclaim(changed(claims, "exp", json!(4_102_444_800_i64)))),
        ("spaces in the claims", format!("{head}.{}.{signature}", URL_SAFE_NO_PAD.encode(claims.to_string().replace(',', ", ")))),
        ("the signature of another token", format!("{head}.{body}.{}", others[2])),
        ("the claims of another token", format!("{head}.{}.{signature}", others[1])),
        ("no signature", format!("{head}.{body}.")),
        ("two parts", format!("{head}.{body}")),
        ("one part", head.clone()),
        ("parts swapped", format!("{body}.{head}.{signature}")),
        ("signature first", format!("{signature}.{head}.{body}")),
        ("four parts", format!("{token}.{signature}")),
        ("five parts", format!("{token}..")),
        ("a dot before", format!(".{token}")),
        ("a dot behind", format!("{token}.")),
        ("dots alone", "..".into()),
        ("cut by one", token[..token.len() - 1].into()),
        ("cut in half", token[..token.len() / 2].into()),
        ("doubled", format!("{token}{token}")),
        ("doubled with a comma", format!("{token},{token}")),
        ("padded", format!("{token}==")),
        ("padded inside", format!("{head}=.{body}=.{signature}=")),
        ("lower case", token.to_lowercase()),
        ("upper case", token.to_uppercase()),
        ("plain base64", format!("{head}.{body}.{}", STANDARD.encode(URL_SAFE_NO_PAD.decode(signature).unwrap()))),
        ("a loose last character", format!("{head}.{body}.{}", loose_end(signature))),
        ("the order added to the scalar", format!("{head}.{body}.{}", malleable(signature))),
        ("a signature of zeros", format!("{head}.{body}.{}", URL_SAFE_NO_PAD.encode([0; 64]))),
        ("a line break inside", format!("{head}.{body}.\t{signature}")),
        ("percent-encoded", token.replace('.', "%2E")),
        ("huge", format!("{token}{}", "A".repeat(6000))),
        ("a huge header", format!("{}.{body}.{signature}", encoded(&changed(header, "pad", json!("A".repeat(5000)))))),
        ("a word", "token".into()),
        ("the word null", "null".into()),
        ("quoted", format!("\"{token}\"")),
        (
            "a refresh token's shape",
            "01a2049852ba7420b707b67a221bf121.X23qjBWKDOSUyuh-ZZRInANsO3Wl8UjP0L0J48piqA8.vjkoQQSJFIeBe8PCHJ4G".into(),
        ),
    ]
}

/// What even the installation's own key does not make good. The second word is the code.
fn with_the_key(real: &Real) -> Vec<(&'static str, &'static str, String)> {
    let Real { header, claims, key, .. } = real;
    let made = |header: &Value, claims: &Value| signed(&header.to_string(), &claims.to_string(), key);
    let claimed = |name: &str, value: Value| made(header, &changed(claims, name, value));
    let now = claims["iat"].as_i64().unwrap();
    let twice = |text: &Value, more: &str| text.to_string().replacen('{', &format!("{{{more},"), 1);
    vec![
        ("expired", "token_expired", claimed("exp", json!(now - 1))),
        ("expired long ago", "token_expired", claimed("exp", json!(1))),
        ("a negative end", "invalid_token", claimed("exp", json!(-1))),
        ("an end that is a text", "invalid_token", claimed("exp", json!("4102444800"))),
        ("no end", "invalid_token", made(header, &without(claims, "exp"))),
        ("from the future", "invalid_token", claimed("iat", json!(now + 1_000_000))),
        ("another audience", "invalid_token", claimed("aud", json!("relais-admin"))),
        ("no audience", "invalid_token", made(header, &without(claims, "aud"))),
        ("another issuer", "invalid_token", claimed("iss", json!("http://127.0.0.1:8081"))),
        ("the issuer with a slash", "invalid_token", claimed("iss", json!("http://127.0.0.1:8080/"))),
        ("no issuer", "invalid_token", made(header, &without(claims, "iss"))),
        ("no subject", "invalid_token", made(header, &without(claims, "sub"))),
        ("a subject that is no id", "invalid_token", claimed("sub", json!("operator"))),
        ("no session", "invalid_token", made(header, &without(claims, "sid"))),
        ("a session that never was", "session_ended", claimed("sid", json!("01a20498-45a4-7342-bb1d-64334978619c"))),
        ("the session of somebody else", "invalid_token", claimed("sub", json!("01a20498-45a4-7342-bb1d-64334978619c"))),
        ("typ JWT", "invalid_token", made(&changed(header, "typ", json!("JWT")), claims)),
        ("no typ", "invalid_token", made(&without(header, "typ"), claims)),
        ("an extension that we do not know", "invalid_token", made(&changed(header, "crit", json!(["exp"])), claims)),
        ("alg twice", "invalid_token", signed(&twice(header, "\"alg\":\"none\""), &claims.to_string(), key)),
        ("kid twice", "invalid_token", signed(&twice(header, "\"kid\":\"signing-0\""), &claims.to_string(), key)),
        (
            "sub twice",
            "invalid_token",
            signed(&header.to_string(), &twice(claims, "\"sub\":\"01a20498-45a4-7342-bb1d-64334978619c\""), key),
        ),
        ("claims that are a list", "invalid_token", signed(&header.to_string(), "[]", key)),
        ("claims that are no JSON", "invalid_token", signed(&header.to_string(), "claims", key)),
    ]
}

both! {
    async fn forged_tokens_are_refused_and_good_ones_still_work(world) {
        let real = real(world).await;
        let other = world.copy.persona("admin")["token"].as_str().unwrap().to_owned();
        let mut forged: Vec<_> = without_a_key(&real, &other).into_iter().map(|(what, token)| (what, "invalid_token", token)).collect();
        forged.extend(with_the_key(&real));
        assert!(forged.len() >= 60, "{}", forged.len());
        // What the test signs with the installation's key is good as long as nothing is wrong with it.
        let honest = signed(&real.header.to_string(), &real.claims.to_string(), &real.key);
        world.anybody().with_token(&honest).get("/v1/me").await.good();

        let mut shapes = std::collections::BTreeSet::new();
        for (what, code, token) in &forged {
            assert_ne!(*token, real.token, "{what} is no forgery");
            // A public operation does not look away either.
            for path in ["/v1/me", "/v1/services?limit=1"] {
                let answer = world.anybody().with_token(token).get(path).await;
                assert_eq!((answer.status.as_u16(), answer.body["code"].as_str()), (401, Some(*code)), "{what} at {path}: {}", answer.text);
                let problem = answer.refused(401, code);
                shapes.insert(problem.as_object().unwrap().keys().cloned().collect::<Vec<_>>());
            }
        }
        assert_eq!(shapes.len(), 1, "one shape for all: {shapes:?}");
        for scheme in ["Basic", "Token", "Digest", "Bearer:", "bearerx"] {
            let value = format!("{scheme} {}", real.token);
            world.anybody().with("authorization", &value).get("/v1/me").await.refused(401, "invalid_token");
        }
        world.anybody().with("authorization", "Bearer jeton-é-☃").get("/v1/me").await.refused(401, "invalid_token");
        world.operator().get("/v1/me").await.good();
    }
}
