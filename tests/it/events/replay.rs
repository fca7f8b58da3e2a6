//! `frontdesk webhook-replay` and `frontdesk project-files`, as their users start them.

use serde_json::Value;
use tempfile::TempDir;

use super::{PUBLIC, SECRET, message};
use crate::binary::{frontdesk, serve_http, soon, terminate};

fn folder(secret: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("secret"), secret).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let private = std::fs::Permissions::from_mode(0o600);
        std::fs::set_permissions(folder.path().join("secret"), private).unwrap();
    }
    folder
}

fn path(folder: &TempDir, file: &str) -> String {
    folder.path().join(file).display().to_string()
}

/// Runs the command; returns its exit code and what it says.
async fn run(arguments: &[&str]) -> (i32, String) {
    let output = soon(frontdesk(arguments).output()).await.unwrap();
    let said = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(said).unwrap())
}

#[tokio::test]
async fn a_replayed_delivery_is_signed_and_taken() {
    let (ours, other) = (folder(SECRET), folder("another secret"));
    let secret = path(&ours, "secret");
    let settings = ["--public-url", PUBLIC, "--client-secret-file"];
    let guarded = ["--sandbox", "--auth-token", "a-token-that-nobody-guesses-0123456789"];
    let (mut server, address) = serve_http(&[&guarded, &settings[..], &[&secret]].concat()).await;
    let to = format!("http://{address}");
    let delivery = path(&ours, "delivery.json");
    let replay = async |secret: &str| {
        run(&[&["webhook-replay", &delivery, "--to", &to], &settings[..], &[secret]].concat()).await
    };
    for content in [Value::from(vec![message(7, "a", 1)]), message(7, "b", 2)] {
        std::fs::write(&delivery, content.to_string()).unwrap();
        let (code, said) = replay(&secret).await;
        assert_eq!(code, 0, "{said}");
        assert!(said.contains("Signed for https://desk.example.com/webhooks/hubspot"), "{said}");
    }
    let (code, said) = replay(&path(&other, "secret")).await;
    assert!(code == 1 && said.contains("401"), "{code} {said}");
    assert!(!said.contains("another secret"), "{said}");
    for (content, part) in [("{", "no JSON"), ("5", "neither a list")] {
        std::fs::write(&delivery, content).unwrap();
        let (code, said) = replay(&secret).await;
        assert!(code == 1 && said.contains(part), "{code} {said}");
    }
    let (code, said) = run(&["webhook-replay", &delivery, "--public-url", PUBLIC]).await;
    assert!(code == 1 && said.contains("HUBSPOT_CLIENT_SECRET"), "{code} {said}");
    terminate(&mut server).await;
}

#[tokio::test]
async fn the_projects_files_are_written_once() {
    let folder = tempfile::tempdir().unwrap();
    let dir = path(&folder, "project");
    let write = async || run(&["project-files", "--url", PUBLIC, "--dir", &dir]).await;
    let (code, said) = write().await;
    assert!(code == 0 && said.contains("https://desk.example.com/webhooks/hubspot"), "{code} {said}");
    for file in ["hsproject.json", "src/app/app-hsmeta.json", "src/app/webhooks/webhooks-hsmeta.json"] {
        let text = std::fs::read_to_string(std::path::Path::new(&dir).join(file)).unwrap();
        assert!(serde_json::from_str::<Value>(&text).unwrap().is_object(), "{file}");
    }
    let (code, said) = write().await;
    assert!(code == 1 && said.contains("nothing is overwritten"), "{code} {said}");
    let (code, said) = run(&["project-files", "--url", "http://desk.example.com"]).await;
    assert!(code == 2 && said.contains("https://"), "{code} {said}");
}
