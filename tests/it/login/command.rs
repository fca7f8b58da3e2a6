//! `frontdesk login` as a person uses it, against an embedded HubSpot over a socket, and what follows from it.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use bytes::Bytes;
use http::Request;
use http_client::{HttpClient, Network};
use hubspot_sandbox::{CLIENT_ID, CLIENT_SECRET, OAUTH_APP_ID, Sandbox};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};
use url::Url;

use super::person::{parameter, press};
use crate::binary::{frontdesk, soon};

/// An embedded HubSpot on this machine, and a folder for the login.
struct Place {
    sandbox: Sandbox,
    hubspot: String,
    folder: TempDir,
}

impl Place {
    async fn new() -> Place {
        let sandbox = Sandbox::new(hubspot_sandbox::Settings::default());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let hubspot = format!("http://{}", listener.local_addr().unwrap());
        let router = sandbox.router();
        tokio::spawn(async move { axum::serve(listener, router).await });
        Place { sandbox, hubspot, folder: tempfile::tempdir().unwrap() }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("desk").join("hubspot-login.json")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = frontdesk(arguments);
        command.env("HUBSPOT_BASE_URL", &self.hubspot).env("HUBSPOT_CREDENTIALS", self.file());
        command.env("HUBSPOT_CLIENT_SECRET", CLIENT_SECRET).env("FRONTDESK_LOG", "trace");
        command.stdin(Stdio::null());
        command
    }

    /// Starts a login at a free port, which is then one of the app's redirect addresses.
    async fn begin(&self, arguments: &[&str]) -> Begun {
        self.begin_as(arguments, |_| {}).await
    }

    /// The same without the secret in the environment.
    async fn begin_without_secret(&self, arguments: &[&str]) -> Begun {
        let forget = |command: &mut Command| {
            command.env_remove("HUBSPOT_CLIENT_SECRET");
        };
        self.begin_as(arguments, forget).await
    }

    async fn begin_as(&self, arguments: &[&str], change: impl FnOnce(&mut Command)) -> Begun {
        let line = [&["login", "--client-id", CLIENT_ID, "--no-browser", "--port", "0"], arguments].concat();
        let mut command = self.command(&line);
        change(&mut command);
        let mut process = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stdout.take().unwrap()).lines();
        let address: Url = loop {
            let line = soon(said.next_line()).await.unwrap().expect("an address is printed");
            if let Ok(address) = line.trim().parse() {
                break address;
            }
        };
        self.register(&parameter(&address, "redirect_uri").unwrap()).await;
        Begun { process, said, address }
    }

    async fn register(&self, redirect_uri: &str) {
        let app = json!({
            "name": "Front desk", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "redirect_uris": [redirect_uri]
        });
        let request = Request::put(format!("/__sandbox/apps/{OAUTH_APP_ID}")).body(Bytes::from(app.to_string()));
        assert_eq!(self.http().send(request.unwrap()).await.unwrap().status(), 200);
    }

    fn http(&self) -> Network {
        Network::new(&self.hubspot).unwrap()
    }

    /// Presses a button on HubSpot's page and returns the address that the browser is sent to.
    async fn press(&self, address: &Url, button: &str) -> Url {
        let path = format!("{}?{}", address.path(), address.query().unwrap());
        press(&self.http(), &path, button).await
    }

    async fn run(&self, arguments: &[&str]) -> (Output, String) {
        let output = soon(self.command(arguments).output()).await.unwrap();
        let said = [&output.stdout[..], &output.stderr].concat();
        (output, String::from_utf8(said).unwrap())
    }

    fn login(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.file()).unwrap()).unwrap()
    }
}

/// A login that waits for its person.
struct Begun {
    process: Child,
    said: Lines<BufReader<ChildStdout>>,
    address: Url,
}

impl Begun {
    /// Lets the browser go on to the address; returns the status and the page.
    async fn browse(&self, to: &Url) -> (u16, String) {
        let origin = format!("http://127.0.0.1:{}", to.port().unwrap());
        let request = Request::get(format!("{}?{}", to.path(), to.query().unwrap_or_default()));
        let answer = soon(Network::new(&origin).unwrap().send(request.body(Bytes::new()).unwrap())).await.unwrap();
        (answer.status().as_u16(), String::from_utf8(answer.body().to_vec()).unwrap())
    }

    /// Waits for the end; returns the success, and everything that was printed and logged.
    async fn end(mut self) -> (bool, String) {
        let mut said = String::new();
        while let Some(line) = soon(self.said.next_line()).await.unwrap() {
            said += &format!("{line}\n");
        }
        soon(self.process.stderr.take().unwrap().read_to_string(&mut said)).await.unwrap();
        (soon(self.process.wait()).await.unwrap().success(), said)
    }
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn a_person_logs_in_and_every_command_uses_the_login() {
    let place = Place::new().await;
    let begun = place.begin(&["--toolsets", "desk"]).await;
    assert_eq!(begun.address.path(), "/oauth/authorize");
    assert_eq!(parameter(&begun.address, "code_challenge_method").as_deref(), Some("S256"));
    let asked = parameter(&begun.address, "scope").unwrap();
    assert!(asked.contains("oauth") && asked.contains("tickets") && !asked.contains("conversations"), "{asked}");
    let back = place.press(&begun.address, "connect").await;
    let (status, page) = begun.browse(&back).await;
    assert!(status == 200 && page.contains("HubSpot has answered"), "{status} {page}");
    let (succeeded, said) = begun.end().await;
    assert!(succeeded, "{said}");
    assert!(said.contains("Connected: portal 44237313, as veronica.chen@richtech.example."), "{said}");
    assert!(said.contains("scopes: ") && said.contains("tickets"), "{said}");
    assert_eq!((mode(&place.file()), mode(place.file().parent().unwrap())), (0o600, 0o700));
    let login = place.login();
    assert_eq!((&login["client_id"], &login["portal_id"]), (&json!(CLIENT_ID), &json!(44_237_313)));
    assert_eq!(login.as_object().unwrap().len(), 4, "no secret of the app, and no access token: {login}");
    let (output, checked) = place.run(&["check"]).await;
    assert!(output.status.success() && checked.contains("The token works: portal 44237313"), "{checked}");
    assert!(checked.contains("works    create_ticket") && checked.contains("missing  reply_conversation"), "{checked}");
    let code = parameter(&back, "code").unwrap();
    let secrets = [CLIENT_SECRET, login["refresh_token"].as_str().unwrap(), &code];
    for said in [said, checked] {
        assert!(secrets.iter().all(|secret| !said.contains(secret)), "{said}");
        assert!(place.access_tokens().iter().all(|token| !said.contains(token.as_str())), "{said}");
    }
}

impl Place {
    /// The access tokens that HubSpot has given so far.
    fn access_tokens(&self) -> Vec<String> {
        let state: Value = serde_json::from_str(&self.sandbox.snapshot()).unwrap();
        let tokens = state["tokens"].as_object().unwrap().keys().filter(|token| token.starts_with('C')).cloned();
        let tokens: Vec<_> = tokens.collect();
        assert!(!tokens.is_empty());
        tokens
    }
}

/// The secret of the app may stand in a file, for the login and for what uses it.
#[tokio::test]
async fn the_client_secret_may_come_from_a_file() {
    let place = Place::new().await;
    let secret = place.folder.path().join("secret");
    std::fs::write(&secret, format!("{CLIENT_SECRET}\n")).unwrap();
    let secret = secret.display().to_string();
    let line = ["--client-secret-file", secret.as_str()];
    let begun = place.begin_without_secret(&line).await;
    let back = place.press(&begun.address, "connect").await;
    begun.browse(&back).await;
    let (succeeded, said) = begun.end().await;
    assert!(succeeded && said.contains("Connected: portal 44237313") && !said.contains(CLIENT_SECRET), "{said}");
    let mut check = place.command(&["check"]);
    check.env_remove("HUBSPOT_CLIENT_SECRET").env("HUBSPOT_CLIENT_SECRET_FILE", &secret);
    let output = soon(check.output()).await.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let missing = place.folder.path().join("missing").display().to_string();
    let (output, said) = place.run(&["login", "--client-id", CLIENT_ID, "--client-secret-file", &missing]).await;
    assert!(!output.status.success() && said.contains("missing"), "{said}");
}

#[tokio::test]
async fn another_state_is_refused_and_the_login_waits_on() {
    let place = Place::new().await;
    let begun = place.begin(&[]).await;
    let back = place.press(&begun.address, "connect").await;
    let mut other = back.clone();
    other.set_query(Some("code=na1-of-an-attacker&state=guessed"));
    let (status, page) = begun.browse(&other).await;
    assert!(status == 400 && page.contains("belongs to another login") && !page.contains("attacker"), "{page}");
    other.set_query(Some("code=na1-of-an-attacker"));
    assert_eq!(begun.browse(&other).await.0, 400);
    assert_eq!(begun.browse(&back).await.0, 200);
    assert!(begun.end().await.0);
}

#[tokio::test]
async fn who_cancels_gets_hubspots_word_and_nothing_is_written() {
    let place = Place::new().await;
    let begun = place.begin(&[]).await;
    let back = place.press(&begun.address, "cancel").await;
    begun.browse(&back).await;
    let (succeeded, said) = begun.end().await;
    assert!(!succeeded && said.contains("access_denied: The user denied access"), "{said}");
    assert!(!place.file().exists());
}

#[tokio::test]
async fn a_code_that_somebody_else_has_used_is_an_error_and_the_old_login_stays() {
    let place = Place::new().await;
    std::fs::create_dir_all(place.file().parent().unwrap()).unwrap();
    std::fs::write(place.file(), "the old login").unwrap();
    let begun = place.begin(&[]).await;
    let mut back = place.press(&begun.address, "connect").await;
    let state = parameter(&back, "state").unwrap();
    back.query_pairs_mut().clear().append_pair("code", "na1-used-before").append_pair("state", &state);
    begun.browse(&back).await;
    let (succeeded, said) = begun.end().await;
    assert!(!succeeded && said.contains("did not take the code") && !said.contains("na1-used-before"), "{said}");
    assert_eq!(std::fs::read_to_string(place.file()).unwrap(), "the old login");
}

#[tokio::test]
async fn a_logout_ends_the_login_at_hubspot_and_removes_its_file() {
    let place = Place::new().await;
    let (output, said) = place.run(&["logout"]).await;
    assert!(output.status.success() && said.contains("There is no login in "), "{said}");
    for (arguments, is_told) in [(&["logout"][..], true), (&["logout", "--only-file"], false)] {
        let begun = place.begin(&[]).await;
        let back = place.press(&begun.address, "connect").await;
        begun.browse(&back).await;
        assert!(begun.end().await.0);
        let kept = std::fs::read(place.file()).unwrap();
        let output = soon(place.command(&["logout"]).env("HUBSPOT_CLIENT_SECRET", "").output()).await.unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success() && said.contains("--only-file") && place.file().exists(), "{said}");
        let wrong = soon(place.command(&["logout"]).env("HUBSPOT_CLIENT_SECRET", "another").output()).await.unwrap();
        assert!(!wrong.status.success() && place.file().exists(), "what HubSpot has not ended stays");
        let (output, said) = place.run(arguments).await;
        assert!(output.status.success() && said.contains(&place.file().display().to_string()), "{said}");
        assert!(!place.file().exists());
        assert_eq!(said.contains("has ended the login to portal 44237313"), is_told, "{said}");
        let secret = serde_json::from_slice::<Value>(&kept).unwrap()["refresh_token"].as_str().unwrap().to_owned();
        assert!(!said.contains(&secret) && !said.contains(CLIENT_SECRET), "{said}");
        // Whoever has kept a copy of the file has no access any more.
        std::fs::write(place.file(), &kept).unwrap();
        let (output, said) = place.run(&["check"]).await;
        assert_eq!(output.status.success(), !is_told, "{said}");
        // A login that HubSpot does not know any more is removed all the same.
        place.sandbox.revoke_app(OAUTH_APP_ID);
        let (output, said) = place.run(&["logout"]).await;
        assert!(output.status.success() && !place.file().exists(), "{said}");
    }
    std::fs::write(place.file(), "no login").unwrap();
    let (output, said) = place.run(&["logout"]).await;
    assert!(!output.status.success() && said.contains("--only-file"), "{said}");
    let (output, said) = place.run(&["logout", "--sandbox"]).await;
    assert!(!output.status.success() && said.contains("needs no login"), "{said}");
}

/// What a person can do wrong before HubSpot is asked.
#[tokio::test]
async fn a_login_that_cannot_begin_says_why() {
    let place = Place::new().await;
    let taken = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let with_port = ["login", "--client-id", CLIENT_ID, "--no-browser", "--port", &port];
    let (output, said) = place.run(&with_port).await;
    assert!(!output.status.success() && said.contains(&format!("port `{port}`")) && said.contains("--port"), "{said}");
    let output = soon(place.command(&with_port).env_remove("HUBSPOT_CLIENT_SECRET").output()).await.unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!output.status.success() && said.contains("HUBSPOT_CLIENT_SECRET"), "{said}");
    let (output, said) = place.run(&["login", "--no-browser"]).await;
    assert!(!output.status.success() && said.contains("--client-id"), "{said}");
    let (output, said) = place.run(&["login", "--sandbox", "--client-id", CLIENT_ID]).await;
    assert!(!output.status.success() && said.contains("needs no login"), "{said}");
}

#[tokio::test]
async fn a_login_that_was_revoked_is_said_by_check() {
    let place = Place::new().await;
    let begun = place.begin(&[]).await;
    let back = place.press(&begun.address, "connect").await;
    begun.browse(&back).await;
    assert!(begun.end().await.0);
    place.sandbox.revoke_app(OAUTH_APP_ID);
    let (output, said) = place.run(&["check"]).await;
    assert!(!output.status.success() && said.contains("no longer accepts the login"), "{said}");
    assert!(said.contains("frontdesk login"), "{said}");
    let token = soon(place.command(&["check"]).env("HUBSPOT_ACCESS_TOKEN", place.sandbox.token()).output()).await;
    let token = token.unwrap();
    assert!(token.status.success(), "a token comes before a login");
    assert!(String::from_utf8(token.stderr).unwrap().contains("the login of --credentials is not used"));
}

#[tokio::test]
async fn a_file_with_a_token_is_used_by_check() {
    let place = Place::new().await;
    let file = place.folder.path().join("token");
    std::fs::write(&file, format!("{}\n", place.sandbox.token())).unwrap();
    let output = soon(place.command(&["check"]).env("HUBSPOT_ACCESS_TOKEN_FILE", &file).output()).await.unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success() && said.contains("The token works"), "{said}");
}
