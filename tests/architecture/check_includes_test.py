"""Shows that check_includes.py finds what precompiled headers would hide."""

import pathlib
import tempfile
import unittest

import check_includes


class CheckIncludes(unittest.TestCase):
    def problems(self, files):
        with tempfile.TemporaryDirectory() as folder:
            repo = pathlib.Path(folder)
            for path, text in files.items():
                (repo / path).parent.mkdir(parents=True, exist_ok=True)
                (repo / path).write_text(text)
            return check_includes.check_repository(repo)

    def test_what_is_named_is_included(self):
        self.assertEqual(self.problems({"host/base/a.h": "std::vector<int> a;\n"}),
                         ["host/base/a.h: names std::vector, but does not include <vector>"])
        self.assertEqual(self.problems({"host/base/a.h": "#include <vector>\nstd::vector<int> a;\n"}), [])

    def test_a_header_of_ours_may_bring_it(self):
        files = {"host/base/a.h": "#include <vector>\nusing A = std::vector<int>;\n",
                 "host/base/a.cpp": '#include "host/base/a.h"\nstd::vector<int> a;\n'}
        self.assertEqual(self.problems(files), [])
        files["host/base/a.h"] = "using A = int;\n"
        self.assertEqual(len(self.problems(files)), 1)

    def test_one_of_the_standard_library_may_bring_it(self):
        self.assertEqual(self.problems({"host/a.h": "#include <string>\nstd::string_view a;\n"}), [])

    def test_another_header_is_not_enough(self):
        self.assertEqual(len(self.problems({"host/a.h": "#include <vector>\nstd::map<int, int> a;\n"})), 1)

    def test_spaces_within_std(self):
        self.assertIn("<chrono>", self.problems({"host/a.h": "std::chrono::seconds a;\n"})[0])
        self.assertIn("<thread>", self.problems({"host/a.h": "std::this_thread::yield();\n"})[0])

    def test_fmt_and_gtest(self):
        self.assertIn("<fmt/format.h>", self.problems({"host/a.cpp": "fmt::format(a);\n"})[0])
        self.assertIn("<gtest/gtest.h>", self.problems({"tests/a.cpp": "TEST(A, B) {}\n"})[0])
        self.assertIn("<gmock/gmock.h>", self.problems({"tests/a.cpp": "EXPECT_THAT(a, b);\n"})[0])

    def test_comments_and_texts_name_nothing(self):
        self.assertEqual(self.problems({"host/a.h": """// std::vector
/* std::map */ const char *a = "std::set \\" std::set";
auto b = R"(std::deque)"; auto c = 'x';
"""}), [])

    def test_a_digits_separator_hides_nothing(self):
        self.assertEqual(len(self.problems({"host/a.h": "auto a = 1'000; std::set<int> b; auto c = 1'0;\n"})), 1)


if __name__ == "__main__":
    unittest.main()
