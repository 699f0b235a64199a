"""Shows that check_house.py finds each kind of violation: each case is a small repository."""

import pathlib
import subprocess
import tempfile
import unittest

import check_house

HOUSE = "0 base fmt/\n1 json rapidjson/\n2 link boost/asio\n2 other\nedge other link\n"


class CheckHouse(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as folder:
            repo = pathlib.Path(folder)
            subprocess.run(["git", "init", "-q", folder], check=True)
            files = {"tests/architecture/house.txt": HOUSE, **files}
            for room in ("base", "json", "link", "other"):
                files.setdefault(f"host/{room}/README.md", "x\n")
            for path, text in files.items():
                (repo / path).parent.mkdir(parents=True, exist_ok=True)
                (repo / path).write_text(text)
            return check_house.check_repository(repo)

    def test_clean_house(self):
        self.assertEqual(self.problems({"host/link/a.h": '#include "host/base/x.h"\n'}), [])

    def test_upward_and_sideways_includes(self):
        self.assertIn("floor 2 is not below 0",
                      self.problems({"host/base/a.h": '#include "host/link/x.h"\n'})[0])
        self.assertIn("floor 2 is not below 2",
                      self.problems({"host/link/a.h": '#include "host/other/x.h"\n'})[0])

    def test_named_edge_is_allowed(self):
        self.assertEqual(self.problems({"host/other/a.h": '#include "host/link/x.h"\n'}), [])

    def test_third_party_in_a_foreign_room(self):
        self.assertIn("not a third party",
                      self.problems({"host/link/a.h": "#include <rapidjson/document.h>\n"})[0])

    def test_sdk_knows_nothing_of_the_host(self):
        self.assertIn("knows nothing",
                      self.problems({"sdk/a.h": '#include "host/base/x.h"\n'})[0])

    def test_long_files_unknown_rooms_and_stray_files(self):
        self.assertIn("more than 600", self.problems({"host/base/a.cpp": "\n" * 601})[0])
        self.assertIn("not in tests", self.problems({"host/attic/a.h": ""})[0])
        self.assertIn("top level", self.problems({"stray.txt": ""})[0])

    def test_files_that_documents_name(self):
        self.assertEqual(self.problems({"host/base/README.md": "`a.h`, `host/link/b.h`\n",
                                        "docs/architecture.md": "`host/base/a.h`, then `b.h`\n",
                                        "host/base/a.h": "", "host/link/b.h": ""}), [])
        self.assertIn("names b.h", self.problems({"host/base/README.md": "`b.h`\n",
                                                  "host/link/b.h": ""})[0])
        self.assertIn("names host/base/gone.cpp",
                      self.problems({"docs/architecture.md": "`host/base/gone.cpp`\n"})[0])

    def test_room_without_readme(self):
        self.assertIn("longer than 30", self.problems({"host/base/README.md": "\n" * 31})[0])


if __name__ == "__main__":
    unittest.main()
