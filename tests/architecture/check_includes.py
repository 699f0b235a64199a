"""Checks that no file of ours relies on precompiled headers: who names something of the standard
library, fmt or gtest includes its header, itself or through headers of ours that it includes.

Usage: check_includes.py <repository>. Prints one line per violation; exit 1 if there are any.
"""

import functools
import pathlib
import re
import sys

from check_house import report

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
# Comments, raw strings, strings and characters: what they say is not used. A digit's separator is
# no character.
SILENT = re.compile(r'//[^\n]*|/\*.*?\*/|R"([^(\s]*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"'
                    r"|(?<![0-9a-fA-F])'(?:\\.|[^'\\\n])*'", re.S)
NAME = re.compile(r"\bstd::(?:(chrono|filesystem|this_thread|numbers|ranges)::)?(\w+)"
                  r"|\b(fmt|testing|tl)::\w+"
                  r"|\b(TEST|TEST_F|TEST_P|EXPECT_THAT|ASSERT_THAT|MOCK_METHOD)\("
                  r"|\b(errno)\b")

# What is where. The first header is the one to name; another that must bring it along will do.
TABLE = """
algorithm: sort stable_sort find find_if find_if_not any_of all_of none_of count count_if transform
  copy copy_n copy_if remove_if reverse unique lower_bound upper_bound equal_range
  binary_search min_element max_element fill fill_n rotate search mismatch for_each partition
  nth_element shuffle set_difference set_intersection includes clamp minmax replace is_sorted
  partial_sort merge generate find_first_of adjacent_find lexicographical_compare set_union
array: array to_array
atomic: atomic atomic_bool atomic_flag memory_order memory_order_relaxed memory_order_acquire
  memory_order_release atomic_thread_fence atomic_ref
bit: bit_cast endian countl_zero countr_zero popcount byteswap bit_ceil bit_width
charconv: to_chars from_chars chars_format
chrono: chrono
cerrno: errno
cmath: isnan isinf isfinite floor ceil fabs pow sqrt ldexp frexp nan lround llround trunc signbit
condition_variable: condition_variable condition_variable_any cv_status
coroutine: coroutine_handle suspend_always suspend_never
cstdio: printf fprintf fopen fclose snprintf fflush FILE fread fwrite fputs puts fgets
cstdint: int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t intptr_t uintptr_t
cstdlib: getenv abort exit _Exit malloc free calloc realloc strtol strtoll strtoull strtod atoi
  system quick_exit atexit
cstring: memcpy memcmp memset memmove memchr strlen strcmp strncmp strerror strchr strstr
deque: deque
filesystem: filesystem
fstream: ifstream ofstream fstream
functional: function bind hash equal_to reference_wrapper invoke bind_front not_fn mem_fn
future: future promise async packaged_task shared_future future_status launch
list: list
map: map multimap
memory: unique_ptr shared_ptr weak_ptr make_unique make_shared enable_shared_from_this addressof
  default_delete pmr allocator destroy_at construct_at
mutex: mutex lock_guard unique_lock scoped_lock recursive_mutex once_flag call_once defer_lock
  try_to_lock adopt_lock timed_mutex
numeric: accumulate iota gcd lcm reduce inner_product
optional: optional nullopt make_optional nullopt_t
random: mt19937 mt19937_64 random_device uniform_int_distribution minstd_rand bernoulli_distribution
  uniform_real_distribution
set: set multiset
shared_mutex: shared_mutex shared_lock
span: span as_bytes dynamic_extent
sstream: stringstream ostringstream istringstream
stop_token: stop_token stop_source stop_callback
string: string to_string stoi stol stoll stoull stod getline u16string wstring char_traits
string_view: string_view u8string_view u16string_view
thread: thread jthread this_thread
tuple: tuple tie make_tuple apply forward_as_tuple
unordered_map: unordered_map unordered_multimap
unordered_set: unordered_set
utility: move forward swap exchange pair make_pair in_place as_const cmp_less cmp_greater
  piecewise_construct index_sequence make_index_sequence
variant: variant monostate get_if visit holds_alternative in_place_type variant_alternative_t
vector: vector
fmt/format.h: fmt::
tl/expected.hpp: tl::
gtest/gtest.h: TEST TEST_F TEST_P testing::
gmock/gmock.h: EXPECT_THAT ASSERT_THAT MOCK_METHOD
"""
# What a header of the standard library, as GCC 12 and later have it, brings along.
STRINGS = {"string", "string_view", "utility"}
BRINGS = {
    "string": STRINGS, "string_view": {"utility"}, "filesystem": STRINGS | {"chrono", "memory"},
    "fstream": STRINGS, "sstream": STRINGS, "iostream": STRINGS, "ostream": STRINGS,
    "istream": STRINGS, "system_error": STRINGS, "stdexcept": STRINGS, "charconv": {"utility", "bit"},
    "algorithm": {"utility"}, "array": {"utility"}, "deque": {"utility"}, "list": {"utility"},
    "map": {"utility", "tuple"}, "memory": {"utility", "tuple", "atomic"}, "optional": {"utility"},
    "set": {"utility"}, "span": {"array", "utility"}, "tuple": {"utility"}, "vector": {"utility"},
    "unordered_map": {"utility", "tuple"}, "unordered_set": {"utility"}, "variant": {"utility"},
    "functional": {"utility", "tuple", "array", "vector", "unordered_map"}, "mutex": {"utility", "tuple"},
    "condition_variable": {"mutex", "chrono", "memory", "stop_token", "utility"},
    "future": {"mutex", "condition_variable", "thread", "memory", "atomic", "utility", "functional"},
    "thread": {"chrono", "stop_token", "utility", "tuple", "memory"},
    "random": {"string", "vector"}, "shared_mutex": {"mutex", "chrono", "utility"},
    "stop_token": {"atomic", "mutex", "thread"}, "regex": STRINGS | {"map", "vector", "memory"},
    "chrono": {"cstdint", "utility"}, "atomic": {"cstdint"}, "bit": {"cstdint"}, "iomanip": {"string"},
    "gtest/gtest.h": STRINGS | {"memory", "vector", "set", "tuple", "ostream", "sstream", "atomic",
                                "functional", "map", "cstdint"},
    "gmock/gmock.h": STRINGS | {"gtest/gtest.h"},
    "fmt/format.h": STRINGS, "tl/expected.hpp": {"utility", "functional"},
    "stdint.h": {"cstdint"}, "inttypes.h": {"cstdint"}, "cinttypes": {"cstdint"},
    "string.h": {"cstring"}, "stdlib.h": {"cstdlib"}, "stdio.h": {"cstdio"},
}
# A header under any of these prefixes brings what the prefix stands for.
FAMILIES = {"fmt/": "fmt/format.h"}


def read_table():
    homes = {}
    for line in TABLE.strip().replace("\n  ", " ").splitlines():
        header, names = line.split(": ", 1)
        for name in names.split():
            homes[name.rstrip(":")] = header
    return homes


HOMES = read_table()


def brought(headers):
    """All headers that come with these."""
    todo, seen = list(headers), set()
    while todo:
        header = todo.pop()
        if header in seen:
            continue
        seen.add(header)
        todo += BRINGS.get(header, ())
        todo += [home for prefix, home in FAMILIES.items() if header.startswith(prefix)]
    return seen


def used(text):
    """{header: a name that needs it}"""
    text = SILENT.sub(lambda found: '""' if '"' in found[0][:2] else " ", text)
    needs = {}
    for match in NAME.finditer(text):
        word = next(filter(None, match.groups()))
        if word in HOMES:
            needs.setdefault(HOMES[word], match[0].rstrip("(:"))
    return needs


class House:
    def __init__(self, repo):
        self.repo = repo

    @functools.cache
    def direct(self, path):
        """(headers from outside, files of ours) that a file includes itself."""
        outside, ours = set(), []
        for _, header in INCLUDE.findall((self.repo / path).read_text(errors="replace")):
            for place in (header, f"sdk/include/{header}", str(pathlib.PurePath(path).parent / header)):
                if (self.repo / place).is_file():
                    ours.append(place)
                    break
            else:
                outside.add(header)
        return outside, ours

    def closure(self, path):
        outside, seen, todo = set(), set(), [path]
        while todo:
            one = todo.pop()
            if one not in seen:
                seen.add(one)
                headers, ours = self.direct(one)
                outside |= headers
                todo += ours
        return outside

    def problems(self, path):
        needs = used((self.repo / path).read_text(errors="replace"))
        have = brought(self.closure(path)) if needs else ()
        return [f"{path}: names {name}, but does not include <{header}>"
                for header, name in sorted(needs.items()) if header not in have]


def check_repository(repo):
    house = House(repo)
    paths = [path for top in ("host", "tests") for path in sorted((repo / top).glob("**/*"))
             if path.suffix in (".h", ".hpp", ".cpp")]
    return [problem for path in paths
            for problem in house.problems(str(path.relative_to(repo)))]


if __name__ == "__main__":
    sys.exit(report(check_repository))
