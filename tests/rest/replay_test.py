"""The judge must be able to convict: tests of session format, normalisation and differences."""

import http.server
import pathlib
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from rest import differences
from rest.client import play_request
from rest.normalise import normalise
from rest.session import Reply, Request, SessionError, read_golden, read_session, write_golden

SESSION = """# a comment
### first
# another
> file in.txt a\\nb\\n
> until RUNNING|FAILED
PUT /connectors/c/config
Content-Type: -

{"a": "b",

 "c": 1}

### second
> body \\xff\\n
POST /connectors
"""

DIFFERENCES = """# comment
### we say why
s: a request
s: others*
apache: 500 /.*is null"\\}/
ours: 400 /\\{"error_code":400,.*/
reason: a missing body is
  the client's fault
"""


class InFolder(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.path = pathlib.Path(temporary.name) / "file"

    def written(self, text):
        self.path.write_text(text, "utf-8")
        return self.path


class Sessions(InFolder):
    def test_request_is_read_whole(self):
        first, second = read_session(self.written(SESSION))
        self.assertEqual((first.method, first.path), ("PUT", "/connectors/c/config"))
        self.assertEqual(first.headers, {"Content-Type": "-"})
        self.assertEqual(first.body, b'{"a": "b",\n\n "c": 1}')
        self.assertEqual(first.until, "RUNNING|FAILED")
        self.assertEqual(first.files, [("file", "in.txt", b"a\nb\n")])
        self.assertEqual(second.body, b"\xff\n")

    def test_title_twice_is_refused(self):
        with self.assertRaisesRegex(SessionError, "used twice.*'x'"):
            read_session(self.written("### x\nGET /\n### x\nGET /\n"))

    def test_unknown_directive_is_refused_with_its_line(self):
        with self.assertRaisesRegex(SessionError, ":2: unknown directive 'sleep'"):
            read_session(self.written("### x\n> sleep 5\nGET /\n"))

    def test_request_without_a_line_is_refused(self):
        with self.assertRaisesRegex(SessionError, "'x' has no request line"):
            read_session(self.written("### x\n# nothing\n"))

    def test_recorded_replies_come_back(self):
        replies = [Reply(200, {"Content-Type": "text/html"}, "<a>\n\nb\n"), Reply(204, {}, ""),
                   Reply(404, {"Content-Type": "application/json", "Allow": "GET"}, "{}")]
        exchanges = [(Request(f"t{n}", "GET", "/"), reply) for n, reply in enumerate(replies)]
        write_golden(self.path, exchanges)
        self.assertEqual(read_golden(self.path), {f"t{n}": reply for n, reply in enumerate(replies)})


class Playing(InFolder):
    def answered(self, request, *texts):
        """Plays against a server that answers `texts` one after another; (reply, how many are left)."""
        left = list(texts)

        class Server(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_response(200)
                self.end_headers()
                self.wfile.write(left.pop(0).encode())

            def log_message(self, *_):
                pass
        with http.server.HTTPServer(("127.0.0.1", 0), Server) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            reply = play_request(request, server.server_address[1], self.path.parent)
            server.shutdown()
        return reply.body, len(left)

    def test_one_answer_is_enough(self):
        self.assertEqual(self.answered(Request("t", "GET", "/"), "a", "b"), ("a", 1))

    def test_until_takes_the_first_that_matches(self):
        self.assertEqual(self.answered(Request("t", "GET", "/", until="b|c"), "a", "b", "c"), ("b", 1))

    def test_what_is_put_off_is_asked_again(self):
        not_now = '{"message":"Request cannot be completed because a rebalance is expected"}'
        self.assertEqual(self.answered(Request("t", "GET", "/"), not_now, "b", "c"), ("b", 1))


class Normalising(unittest.TestCase):
    def check(self, text, expected):
        self.assertEqual(normalise(text, 8083, "/tmp/x"), expected)

    def test_worker_and_folder(self):
        self.check('"worker_id":"127.0.0.1:8083","file":"/tmp/x/in"',
                   '"worker_id":"${worker}","file":"${dir}/in"')

    def test_trace_keeps_its_first_line(self):
        self.check('{"trace":"E: \\"a\\" b\\n\\tat x(Y.java:1)\\nCaused by: z\\n","c":1}',
                   '{"trace":"E: \\"a\\" b\\n${frames}","c":1}')

    def test_message_keeps_all_its_lines(self):
        text = '{"message":"one\\ntwo"}'
        self.check(text, text)

    def test_other_ports_stay(self):
        self.check("127.0.0.1:9092", "127.0.0.1:9092")


class Judging(InFolder):
    def setUp(self):
        super().setUp()
        self.entries = differences.read(self.written(DIFFERENCES))

    def judge(self, title, theirs, ours):
        return differences.judge(self.entries, "s", Request(title, "GET", "/"), theirs, ours)

    def test_equal_replies_pass(self):
        reply = Reply(200, {"Content-Type": "application/json"}, "[]")
        self.assertIsNone(self.judge("free", reply, reply))

    def test_each_part_of_a_reply_counts(self):
        reply = Reply(200, {"Content-Type": "application/json"}, '{"a":1,"b":2}')
        for other in (Reply(201, reply.headers, reply.body), Reply(200, {}, reply.body),
                      Reply(200, reply.headers, '{"b":2,"a":1}')):
            self.assertIn("free", self.judge("free", reply, other))

    def test_listed_difference_passes(self):
        theirs, ours = Reply(500, {}, '{"x is null"}'), Reply(400, {}, '{"error_code":400,"m":1}')
        self.assertIsNone(self.judge("a request", theirs, ours))
        self.assertIsNone(self.judge("others, too", theirs, ours))
        self.assertEqual(self.entries[0].used, 2)

    def test_other_difference_than_listed_is_convicted(self):
        theirs, ours = Reply(500, {}, '{"x is null"}'), Reply(500, {}, '{"error_code":500}')
        self.assertIn("we answered otherwise", self.judge("a request", theirs, ours))
        self.assertIn("Apache answered otherwise",
                      self.judge("a request", Reply(400, {}, "x"), Reply(400, {}, "y")))

    def test_difference_that_is_none_any_more_is_convicted(self):
        reply = Reply(500, {}, '{"x is null"}')
        self.assertIn("does not differ any more", self.judge("a request", reply, reply))

    def test_reason_may_have_more_lines(self):
        self.assertEqual(self.entries[0].reason, "a missing body is the client's fault")

    def test_entry_may_be_of_one_kind_of_worker(self):
        path = self.written(DIFFERENCES + "\n### of a cluster\ns: x\nonly: distributed\n"
                            "apache: 200 /a/\nours: 200 /b/\nreason: r\n")
        self.assertEqual([len(differences.read(path, mode))
                          for mode in ("", "standalone", "distributed")], [2, 1, 2])

    def test_entry_without_a_reason_is_refused(self):
        with self.assertRaisesRegex(differences.DifferencesError, "'x' lacks"):
            differences.read(self.written("### x\ns: a\napache: 200 /a/\nours: 200 /b/\n"))


if __name__ == "__main__":
    unittest.main()
