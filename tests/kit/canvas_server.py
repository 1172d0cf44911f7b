"""A server on loopback that plays Canvas, by its public documentation and not by our client.

It refuses what Canvas refuses: a wrong token, unknown courses, students without a submission, wrong
parameters, a file that was not uploaded in three steps. Lists come in pages, and all that a test
wants to go wrong is a plan in `Class.troubles`. https://developerdocs.instructure.com/services/canvas
"""

from __future__ import annotations

import json
import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

__all__ = ["COURSE", "TASK", "TOKEN", "Class", "Request", "playing"]

TOKEN = "1017~correct-horse"
COURSE, TASK = 1234, 5678
SECTIONS = {71: "Monday", 72: "Friday"}
PAGE = 7  # Canvas may give fewer items than `per_page` asks for


@dataclass
class Request:
    """One request that came in."""

    method: str
    path: str
    query: list[tuple[str, str]]
    form: list[tuple[str, str]]
    token: str


@dataclass
class Class:
    """What this Canvas knows; tests fill it in and read what became of it.

    Args:
        users: students by number, as Canvas lists them.
        submissions: by number of the student.
        files: content of attachments by number.
        task, late_policy, groups: as Canvas has them.
        is_admin: whether the token's owner sees anonymous ids in lists.
        elsewhere: whether files are on another host, reached by a redirect.
        troubles: asked before each request; may answer with status, headers, body, or "drop".
        seen: all requests, in their order.
        uploads: what is on its way, by number.
    """

    users: dict[int, dict[str, Any]] = field(default_factory=dict)
    submissions: dict[int, dict[str, Any]] = field(default_factory=dict)
    files: dict[int, bytes] = field(default_factory=dict)
    task: dict[str, Any] = field(default_factory=dict)
    late_policy: dict[str, Any] | None = None
    groups: dict[int, tuple[str, list[int]]] = field(default_factory=dict)
    is_admin: bool = True
    elsewhere: bool = False
    troubles: Callable[[Request], tuple[int, dict[str, str], bytes] | str | None] = lambda r: None
    seen: list[Request] = field(default_factory=list)
    uploads: dict[int, dict[str, Any]] = field(default_factory=dict)
    url: str = ""
    other_url: str = ""

    def enroll(self, number: int, name: str, **more: Any) -> None:
        """Add a student, who has no submission yet."""
        section = more.pop("section", 71)
        kind = more.pop("kind", "StudentEnrollment")
        last, _, first = name.partition(", ")
        self.users[number] = {
            "id": number,
            "name": f"{first} {last}".strip(),
            "sortable_name": name,
            "enrollments": [{"type": kind, "course_section_id": section, "user_id": number}],
            **more,
        }
        self.submissions[number] = {
            "id": 900_000 + number,
            "user_id": number,
            "assignment_id": TASK,
            "anonymous_id": f"a{number}Z",
            "workflow_state": "unsubmitted",
            "attempt": None,
            "submitted_at": None,
            "submission_type": None,
            "score": None,
            "entered_score": None,
            "grade": None,
            "excused": None,
            "late": False,
            "missing": False,
            "late_policy_status": None,
            "points_deducted": None,
            "posted_at": None,
            "history": [],
            "comments": [],
        }

    def hand_in(
        self,
        number: int,
        files: dict[str, bytes],
        at: str = "2026-01-09T10:00:00Z",
        late: bool = False,
        kind: str = "online_upload",
    ) -> list[int]:
        """Add an attempt; returns the numbers of its files."""
        submission = self.submissions[number]
        numbers = []
        attachments = []
        for name, content in files.items():
            file = 50_000 + len(self.files)
            self.files[file] = content
            numbers.append(file)
            attachments.append(
                {
                    "id": file,
                    "filename": name,
                    "display_name": name,
                    "size": len(content),
                    "url": f"{self.url}/files/{file}/download?download_frd=1&verifier=v{file}",
                }
            )
        attempt = len(submission["history"]) + 1
        facts = {
            "attempt": attempt,
            "submitted_at": at,
            "late": late,
            "submission_type": kind,
            "workflow_state": "submitted",
        }
        submission.update(facts)
        submission["history"].append({**facts, "attachments": attachments})
        return numbers


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # header and body in one packet, or each answer waits for 40 ms
    known: Class
    is_other = False

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._serve("GET")

    def do_PUT(self) -> None:
        self._serve("PUT")

    def do_POST(self) -> None:
        self._serve("POST")

    def _serve(self, method: str) -> None:
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        kind = self.headers.get("Content-Type", "")
        form = (
            parse_qsl(body.decode(), keep_blank_values=True)
            if kind.startswith("application/x-www-form-urlencoded")
            else []
        )
        token = self.headers.get("Authorization", "").removeprefix("Bearer ")
        request = Request(method, parts.path, parse_qsl(parts.query), form, token)
        self.known.seen.append(request)
        trouble = self.known.troubles(request)
        if trouble == "drop":
            self.close_connection = True
            self.connection.close()
        elif isinstance(trouble, tuple):
            self._send(trouble[0], trouble[2], trouble[1])
        elif self.is_other:
            self._other(request, body, kind)
        else:
            self._canvas(request)

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _json(self, found: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        told = {"Content-Type": "application/json", "X-Request-Cost": "0.1"}
        self._send(status, json.dumps(found).encode(), told | (headers or {}))

    def _refuse(self, status: int, message: str) -> None:
        self._json({"errors": [{"message": message}]}, status)

    # Another host: where files lie, and where they are sent to

    def _other(self, request: Request, body: bytes, kind: str) -> None:
        if request.token:
            self._refuse(400, "the token of Canvas has no business here")
        elif match := re.fullmatch(r"/store/(\d+)", request.path):
            self._send(200, self.known.files[int(match[1])])
        elif request.path == "/upload" and request.method == "POST":
            self._take_upload(body, kind)
        else:
            self._refuse(404, "nothing here")

    def _take_upload(self, body: bytes, kind: str) -> None:
        message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body)
        parts = [part for part in message.get_payload() if not isinstance(part, str)]
        names = [part.get_param("name", header="content-disposition") for part in parts]
        given = {
            str(name): bytes(part.get_payload(decode=True))
            for name, part in zip(names, parts, strict=True)
        }
        number = int(given.get("key", b"0"))
        upload = self.known.uploads.get(number)
        if upload is None or names[-1] != "file" or given.get("policy") != b"signed":
            self._refuse(400, "not what was agreed in the first step")
            return
        upload["content"] = given["file"]
        where = f"{self.known.url}/api/v1/files/{number}/create_success?uuid=u{number}"
        self._send(303, b"", {"Location": where})

    # Canvas

    def _canvas(self, request: Request) -> None:
        known = self.known
        if match := re.fullmatch(r"/files/(\d+)/download", request.path):
            self._file(int(match[1]), dict(request.query))
            return
        if request.token != TOKEN:
            errors = {"errors": [{"message": "Invalid access token."}]}
            self._json(errors, 401, {"WWW-Authenticate": 'Bearer realm="canvas-lms"'})
            return
        if match := re.fullmatch(r"/api/v1/files/(\d+)/create_success", request.path):
            self._complete(int(match[1]))
            return
        routes: tuple[tuple[str, str, Callable[..., None]], ...] = (
            ("GET", rf"courses/{COURSE}/assignments/{TASK}", self._task),
            ("GET", rf"courses/{COURSE}/(?:search_)?users", self._users),
            ("GET", rf"courses/{COURSE}/sections", self._sections),
            ("GET", rf"courses/{COURSE}/late_policy", self._late_policy),
            ("GET", r"group_categories/(\d+)/groups", self._groups),
            ("GET", r"groups/(\d+)/users", self._group),
            ("GET", rf"courses/{COURSE}/assignments/{TASK}/submissions", self._submissions),
            ("GET", rf"courses/{COURSE}/assignments/{TASK}/gradeable_students", self._gradeable),
            ("GET", rf"courses/{COURSE}/assignments/{TASK}/submissions/(\d+)", self._one),
            ("PUT", rf"courses/{COURSE}/assignments/{TASK}/submissions/(\d+)", self._grade),
            (
                "GET",
                rf"courses/{COURSE}/assignments/{TASK}/anonymous_submissions/(\w+)",
                self._one_anonymous,
            ),
            (
                "PUT",
                rf"courses/{COURSE}/assignments/{TASK}/anonymous_submissions/(\w+)",
                self._grade_anonymous,
            ),
            (
                "POST",
                rf"courses/{COURSE}/assignments/{TASK}/submissions/(\d+)/comments/files",
                self._announce,
            ),
        )
        for method, path, answer in routes:
            match = re.fullmatch(f"/api/v1/{path}", request.path)
            if match and method == request.method:
                answer(request, *match.groups())
                return
        assert known is self.known
        self._refuse(404, "The specified resource does not exist.")

    def _file(self, number: int, query: dict[str, str]) -> None:
        if number not in self.known.files or query.get("verifier") != f"v{number}":
            self._refuse(404, "no such file")
        elif self.known.elsewhere:
            self._send(302, b"", {"Location": f"{self.known.other_url}/store/{number}"})
        else:
            self._send(200, self.known.files[number])

    def _paged(self, request: Request, items: list[Any]) -> None:
        query = dict(request.query)
        page, size = int(query.get("page", 1)), min(int(query.get("per_page", 10)), PAGE)
        rest = [(k, v) for k, v in request.query if k not in ("page", "per_page")]
        more = "".join(f"&{k}={v}" for k, v in rest)
        links = {"current": page, "first": 1}
        if page * size < len(items):
            links["next"] = page + 1
        link = ",".join(
            f'<{self.known.url}{request.path}?page={n}&per_page={size}{more}>; rel="{rel}"'
            for rel, n in links.items()
        )
        self._json(items[(page - 1) * size : page * size], headers={"Link": link})

    def _task(self, request: Request) -> None:
        self._json(
            {
                "id": TASK,
                "course_id": COURSE,
                "name": "Tiny",
                "points_possible": 9.0,
                "grading_type": "points",
                "anonymous_grading": False,
                "anonymize_students": False,
                "moderated_grading": False,
                "grades_published": True,
                "in_closed_grading_period": False,
                "post_manually": False,
                "group_category_id": None,
                "grade_group_students_individually": False,
                "submission_types": ["online_upload"],
                "published": True,
                **self.known.task,
            }
        )

    def _users(self, request: Request) -> None:
        wanted = [v for k, v in request.query if k == "enrollment_type[]"]
        kinds = {"student": "StudentEnrollment", "student_view": "StudentViewEnrollment"}
        if not set(wanted) <= kinds.keys():
            self._refuse(400, "invalid enrollment type")
            return
        types = {kinds[name] for name in wanted or ["student"]}
        with_enrollments = ("include[]", "enrollments") in request.query
        with_email = ("include[]", "email") in request.query
        found = []
        for user in self.known.users.values():
            if user["enrollments"][0]["type"] in types:
                shown = dict(user)
                if not with_enrollments:
                    del shown["enrollments"]
                if not with_email:
                    shown.pop("email", None)
                found.append(shown)
        self._paged(request, found)

    def _sections(self, request: Request) -> None:
        self._paged(request, [{"id": k, "name": v} for k, v in SECTIONS.items()])

    def _late_policy(self, request: Request) -> None:
        if self.known.late_policy is None:
            self._refuse(404, "The specified resource does not exist.")
        else:
            self._json({"late_policy": self.known.late_policy})

    def _groups(self, request: Request, number: str) -> None:
        if int(number) != self.known.task.get("group_category_id"):
            self._refuse(404, "no such set of groups")
            return
        self._paged(request, [{"id": k, "name": v[0]} for k, v in self.known.groups.items()])

    def _group(self, request: Request, number: str) -> None:
        _, members = self.known.groups[int(number)]
        self._paged(request, [{"id": m, "name": self.known.users[m]["name"]} for m in members])

    def _shown(self, number: int, request: Request, *, hides: bool = False) -> dict[str, Any]:
        """A submission as Canvas writes it, with what was asked to be included."""
        known = self.known.submissions[number]
        include = [v for k, v in request.query if k == "include[]"]
        found = {k: v for k, v in known.items() if k not in ("history", "comments")}
        last = known["history"][-1]["attachments"] if known["history"] else []
        if last:
            found["attachments"] = last
        if "submission_history" in include:
            found["submission_history"] = [{**found, **entry} for entry in known["history"]] or [
                dict(found)
            ]
        if "submission_comments" in include or request.method == "PUT":
            found["submission_comments"] = known["comments"]
        if hides:
            for record in (found, *found.get("submission_history", ())):
                record.pop("user_id", None)
        elif not self.known.is_admin:
            found.pop("anonymous_id", None)
        return found

    def _submissions(self, request: Request) -> None:
        hides = bool(self.known.task.get("anonymize_students")) and self.known.is_admin
        shown = [self._shown(n, request, hides=hides) for n in sorted(self.known.submissions)]
        self._paged(request, shown)

    def _gradeable(self, request: Request) -> None:
        asked = dict(request.query).get("allow_new_anonymous_id") == "true"
        if asked and self.known.task.get("anonymize_students"):
            found = [{"anonymous_id": s["anonymous_id"]} for s in self.known.submissions.values()]
        else:
            found = [{"id": u["id"], "display_name": u["name"]} for u in self.known.users.values()]
        self._paged(request, found)

    def _one(self, request: Request, number: str) -> None:
        if int(number) not in self.known.submissions:
            self._refuse(404, "no such student")
        else:
            self._json(self._shown(int(number), request))

    def _by_anonymous_id(self, name: str) -> int | None:
        found = [n for n, s in self.known.submissions.items() if s["anonymous_id"] == name]
        return found[0] if found else None

    def _one_anonymous(self, request: Request, name: str) -> None:
        if (number := self._by_anonymous_id(name)) is None:
            self._refuse(404, "no such submission")
        else:
            self._json(self._shown(number, request, hides=True))

    def _grade_anonymous(self, request: Request, name: str) -> None:
        if (number := self._by_anonymous_id(name)) is None:
            self._refuse(404, "no such submission")
        else:
            self._update(request, number, hides=True)

    def _grade(self, request: Request, number: str) -> None:
        if int(number) not in self.known.submissions:
            self._refuse(404, "no such student")
        else:
            self._update(request, int(number), hides=False)

    # Writing

    def _update(self, request: Request, number: int, *, hides: bool) -> None:
        form = dict(request.form)
        allowed = {
            "submission[posted_grade]",
            "submission[late_policy_status]",
            "prefer_points_over_scheme",
            "comment[text_comment]",
            "comment[file_ids][]",
            "comment[group_comment]",
        }
        task = {"grading_type": "points", "points_possible": 9.0, **self.known.task}
        if not form or not form.keys() <= allowed:
            self._refuse(400, f"wrong parameters: {sorted(form.keys() - allowed)}")
            return
        is_moderated = task.get("moderated_grading") and not task.get("grades_published")
        if "submission[posted_grade]" in form and (
            is_moderated or task.get("in_closed_grading_period")
        ):
            self._refuse(401, "user not authorized to perform that action")
            return
        if "submission[posted_grade]" in form:
            score = float(form["submission[posted_grade]"])
            if task["grading_type"] == "pass_fail" and score not in (0, task["points_possible"]):
                self._refuse(400, "pass/fail takes only all points or none")
                return
            for member in self._graded_with(number, task):
                self._score(member, score, form.get("submission[late_policy_status]"))
        if "comment[text_comment]" in form and not self._comment(request, number):
            return
        self._json(self._shown(number, request, hides=hides))

    def _graded_with(self, number: int, task: dict[str, Any]) -> list[int]:
        if task.get("group_category_id") and not task.get("grade_group_students_individually"):
            for _, members in self.known.groups.values():
                if number in members:
                    return members
        return [number]

    def _score(self, number: int, score: float, late_status: str | None) -> None:
        submission = self.known.submissions[number]
        if late_status is not None:
            submission["late_policy_status"] = late_status
        policy = self.known.late_policy or {}
        status = submission["late_policy_status"]
        is_late = status == "late" or (submission["late"] and status is None)
        share = policy.get("late_submission_deduction", 0) / 100
        takes = is_late and policy.get("late_submission_deduction_enabled")
        deducted = 9.0 * share if takes else 0.0
        submission.update(
            entered_score=score,
            score=max(score - deducted, 0.0),
            points_deducted=deducted,
            grade=f"{score:g}",
            workflow_state="graded",
            excused=False,
            posted_at=None if self.known.task.get("post_manually") else "2026-01-20T10:00:00Z",
        )

    def _comment(self, request: Request, number: int) -> bool:
        ids = [int(v) for k, v in request.form if k == "comment[file_ids][]"]
        uploads = [self.known.uploads.get(file) for file in ids]
        if any(u is None or not u["done"] or u["student"] != number for u in uploads):
            self._refuse(401, "a file that may not be on this comment")
            return False
        texts = dict(request.form)
        targets = [number]
        if texts.get("comment[group_comment]") == "true":
            targets = self._graded_with(number, {"group_category_id": 1})
        comment = {
            "comment": texts["comment[text_comment]"],
            "attachments": [
                {"id": file, "filename": u["name"], "display_name": u["name"]}
                for file, u in zip(ids, uploads, strict=True)
                if u
            ],
            "contents": [u["content"].decode() for u in uploads if u],
        }
        for target in targets:
            self.known.submissions[target]["comments"].append(comment)
        return True

    def _announce(self, request: Request, number: str) -> None:
        form = dict(request.form)
        if not form.get("name") or not form.get("size", "").isdecimal():
            self._refuse(400, "name and size are missing")
            return
        if int(number) not in self.known.submissions:
            self._refuse(404, "no such student")
            return
        file = 80_000 + len(self.known.uploads)
        self.known.uploads[file] = {
            "name": form["name"],
            "size": int(form["size"]),
            "student": int(number),
            "content": b"",
            "done": False,
        }
        params = {"key": str(file), "policy": "signed", "Filename": form["name"]}
        url = f"{self.known.other_url}/upload"
        self._json({"upload_url": url, "upload_params": params, "file_param": "file"})

    def _complete(self, number: int) -> None:
        upload = self.known.uploads[number]
        if len(upload["content"]) != upload["size"]:
            self._refuse(400, "the size is not as announced")
            return
        upload["done"] = True
        self._json({"id": number, "filename": upload["name"], "upload_status": "success"})


@contextmanager
def playing(known: Class) -> Iterator[Class]:
    """Serve a class on two ports of loopback, that of Canvas and that of its files."""
    handlers = [
        type("Handler", (_Handler,), {"known": known, "is_other": o}) for o in (False, True)
    ]
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), handler) for handler in handlers]
    known.url, known.other_url = (f"http://127.0.0.1:{s.server_address[1]}" for s in servers)
    threads = [threading.Thread(target=s.serve_forever, args=(0.02,), daemon=True) for s in servers]
    for thread in threads:
        thread.start()
    try:
        yield known
    finally:
        for server, thread in zip(servers, threads, strict=True):
            server.shutdown()
            server.server_close()
            thread.join()


def methods(known: Class) -> Counter[str]:
    """How many requests of each method came in."""
    return Counter(request.method for request in known.seen)
