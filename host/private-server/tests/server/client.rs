//! A minimal client of the MySQL protocol, which logs in without a password and runs statements.

use std::io::{self, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::time::Duration;

use wasmysql_private_server::PrivateServer;

const DEADLINE: Duration = Duration::from_secs(10);

/// The response of the server: OK or an error number.
pub(crate) type Response = Result<(), u16>;

#[derive(Debug)]
pub(crate) struct Client<S>(S);

/// Logs in through the unix socket.
pub(crate) fn local(server: &PrivateServer, user: &str, schema: &str) -> Result<Client<UnixStream>, u16> {
    let stream = UnixStream::connect(server.socket()).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    Client(stream).log_in(user, schema)
}

/// Logs in over TCP.
pub(crate) fn remote(server: &PrivateServer, user: &str) -> Result<Client<TcpStream>, u16> {
    let stream = TcpStream::connect(("127.0.0.1", server.port())).unwrap();
    stream.set_read_timeout(Some(DEADLINE)).unwrap();
    Client(stream).log_in(user, server.schema())
}

impl<S: Read + Write> Client<S> {
    /// Runs a statement that returns no rows.
    pub(crate) fn query(&mut self, sql: &str) -> Response {
        const COM_QUERY: u8 = 3;
        self.write(0, &[&[COM_QUERY], sql.as_bytes()].concat()).unwrap();
        response(&self.read().unwrap())
    }

    fn log_in(mut self, user: &str, schema: &str) -> Result<Self, u16> {
        // Protocol 4.1, with a schema, 20-byte challenges and named authentication plugins.
        const CAPABILITIES: u32 = 0x0000_0200 | 0x0000_0008 | 0x0000_8000 | 0x0008_0000;
        const UTF8MB4: u8 = 45;
        const AUTH_SWITCH: u8 = 0xfe;

        let greeting = self.read().unwrap();
        if greeting[0] == 0xff {
            response(&greeting)?;
        }
        let mut login = CAPABILITIES.to_le_bytes().to_vec();
        login.extend((1_u32 << 24).to_le_bytes());
        login.push(UTF8MB4);
        login.extend([0; 23]);
        // The user, an empty authentication response, the schema and the plugin.
        login.extend(format!("{user}\0\0{schema}\0mysql_native_password\0").bytes());
        self.write(1, &login).unwrap();
        let mut reply = self.read().unwrap();
        if reply[0] == AUTH_SWITCH {
            // An empty response logs in without a password with every plugin.
            self.write(3, &[]).unwrap();
            reply = self.read().unwrap();
        }
        response(&reply)?;
        Ok(self)
    }

    fn read(&mut self) -> io::Result<Vec<u8>> {
        let mut header = [0; 4];
        self.0.read_exact(&mut header)?;
        let length = u32::from_le_bytes([header[0], header[1], header[2], 0]);
        let mut payload = vec![0; length.try_into().unwrap()];
        self.0.read_exact(&mut payload)?;
        Ok(payload)
    }

    fn write(&mut self, sequence: u8, payload: &[u8]) -> io::Result<()> {
        let length = u32::try_from(payload.len()).unwrap().to_le_bytes();
        self.0.write_all(&[&length[..3], &[sequence], payload].concat())
    }
}

fn response(packet: &[u8]) -> Response {
    match packet[0] {
        0x00 => Ok(()),
        0xff => Err(u16::from_le_bytes([packet[1], packet[2]])),
        other => panic!("expected an OK or error packet, got type {other:#04x}"),
    }
}
