use std::collections::BTreeMap;
use std::io;
use std::sync::Mutex;

use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What lies in the bucket, by key.
type Shelf = Arc<Mutex<BTreeMap<String, Vec<u8>>>>;

/// A store that speaks as much of S3 as is asked of it here, with the bucket in the path: PUT, GET, DELETE of a key, a list, and the
/// deletion of several. Gives the bucket and what lies in it.
async fn s3() -> (Bucket, Shelf) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = Some(format!("http://{}", listener.local_addr().unwrap()));
    let shelf = Shelf::default();
    let kept = Arc::clone(&shelf);
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            tokio::spawn(serve(socket, Arc::clone(&kept)));
        }
    });
    let text = str::to_owned;
    (Bucket { name: text("relais"), endpoint, region: text("eu-west-3"), key_id: text("key"), secret: text("secret") }, shelf)
}

/// Answers the requests of one connection.
async fn serve(socket: TcpStream, shelf: Shelf) -> io::Result<()> {
    let mut socket = BufReader::new(socket);
    loop {
        let (mut head, mut length, mut signed) = (String::new(), 0, false);
        loop {
            let mut line = String::new();
            if socket.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let lower = line.trim_end().to_ascii_lowercase();
            if let Some(told) = lower.strip_prefix("content-length: ") {
                length = told.parse().map_err(io::Error::other)?;
            }
            signed |= lower.starts_with("authorization: aws4-hmac-sha256 credential=key/");
            if head.is_empty() {
                head = line;
            } else if lower.is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        socket.read_exact(&mut body).await?;
        let mut words = head.split(' ');
        let (method, target) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let (status, answer) = if signed { answer(&shelf, method, target, body) } else { (403, vec![]) };
        let size = answer.len();
        let date = "Mon, 02 Feb 2026 08:00:00 GMT";
        let head = format!("HTTP/1.1 {status} X\r\nContent-Length: {size}\r\nETag: \"e\"\r\nLast-Modified: {date}\r\n\r\n");
        socket.write_all(&[head.as_bytes(), &answer].concat()).await?;
    }
}

/// One answer: status and body.
fn answer(shelf: &Shelf, method: &str, target: &str, body: Vec<u8>) -> (u16, Vec<u8>) {
    let mut shelf = shelf.lock().unwrap();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let Some(key) = path.strip_prefix("/relais").map(|key| key.trim_start_matches('/').to_owned()) else { return (404, vec![]) };
    match method {
        "PUT" => {
            shelf.insert(key, body);
            (200, vec![])
        }
        "GET" if query.contains("list-type=2") => {
            let entry = |(key, body): (&String, &Vec<u8>)| {
                let size = body.len();
                format!(
                    "<Contents><Key>{key}</Key><LastModified>2026-02-02T08:00:00Z</LastModified><ETag>e</ETag><Size>{size}</Size></Contents>"
                )
            };
            let entries: String = shelf.iter().map(entry).collect();
            (200, format!("<ListBucketResult><IsTruncated>false</IsTruncated>{entries}</ListBucketResult>").into_bytes())
        }
        "GET" => shelf.get(&key).map_or((404, vec![]), |body| (200, body.clone())),
        "POST" if query.starts_with("delete") => {
            let named = String::from_utf8(body).unwrap();
            let gone: Vec<_> = named.split("<Key>").skip(1).filter_map(|rest| rest.split('<').next()).collect();
            shelf.retain(|key, _| !gone.contains(&key.as_str()));
            let told: String = gone.iter().map(|key| format!("<Deleted><Key>{key}</Key></Deleted>")).collect();
            (200, format!("<DeleteResult>{told}</DeleteResult>").into_bytes())
        }
        "DELETE" => {
            shelf.remove(&key);
            (204, vec![])
        }
        _ => (405, vec![]),
    }
}

#[tokio::test]
async fn a_bucket_behaves_as_a_folder_does() {
    let (bucket, shelf) = s3().await;
    keeps_and_forgets(Blobs::bucket(&bucket).unwrap()).await;
    let blobs = Blobs::bucket(&bucket).unwrap();
    blobs.put("AB1", b"courrier".to_vec()).await.unwrap();
    assert!(shelf.lock().unwrap().keys().eq(["documents/AB/AB1"]), "under a key that says nothing");
    let elsewhere = Bucket { name: "autre".to_owned(), ..bucket.clone() };
    assert!(matches!(Blobs::bucket(&elsewhere).unwrap().get("AB1").await, Err(BlobError::Missing)));
    let stranger = Bucket { key_id: "stranger".to_owned(), ..bucket };
    assert!(matches!(Blobs::bucket(&stranger).unwrap().get("AB1").await, Err(BlobError::Away(_))));
}

async fn keeps_and_forgets(blobs: Blobs) {
    let key = Blobs::fresh_key();
    assert!(matches!(blobs.get(&key).await, Err(BlobError::Missing)));
    blobs.put(&key, b"courrier".to_vec()).await.unwrap();
    assert_eq!(&*blobs.get(&key).await.unwrap(), b"courrier");
    let mut pieces = blobs.read(&key).await.unwrap();
    assert_eq!(&*pieces.next().await.unwrap().unwrap(), b"courrier");

    let mut seen = vec![];
    let later = DateTime::<Utc>::MAX_UTC;
    let take = async |keys: Vec<String>| {
        seen.extend(keys);
        Ok::<_, BlobError>(())
    };
    blobs.older_than(later, take).await.unwrap();
    assert!(seen.iter().eq([&key]));
    let mut old = vec![];
    let take = async |keys: Vec<String>| {
        old.extend(keys);
        Ok::<_, BlobError>(())
    };
    blobs.older_than(DateTime::UNIX_EPOCH, take).await.unwrap();
    assert!(old.is_empty());

    blobs.erase(&key).await.unwrap();
    blobs.erase(&key).await.unwrap();
    assert!(matches!(blobs.get(&key).await, Err(BlobError::Missing)));
}

#[tokio::test]
async fn memory_and_folder_behave_alike() {
    keeps_and_forgets(Blobs::memory()).await;
    let folder = std::env::temp_dir().join(format!("relais-blobs-{}", ids::fresh()));
    keeps_and_forgets(Blobs::folder(&folder).unwrap()).await;
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn keys_say_nothing_and_never_repeat() {
    let (one, other) = (Blobs::fresh_key(), Blobs::fresh_key());
    assert!(one != other && one.len() == 32);
}
