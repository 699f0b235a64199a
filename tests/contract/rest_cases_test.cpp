// Plays every case file of tests/contract/rest, each against a worker of its own.
#include <filesystem>
#include <regex>

#include <gtest/gtest.h>

#include "tests/contract/case_file.h"
#include "tests/contract/raw_client.h"
#include "tests/contract/test_worker.h"

namespace tests {
namespace {

namespace fs = std::filesystem;
namespace rest = host::rest;

void check(const Case &expected, const std::optional<RawReply> &reply) {
  if (expected.status == 0) {
    EXPECT_FALSE(reply) << "a reply came: " << reply->status << " " << reply->body;
    return;
  }
  ASSERT_TRUE(reply) << "no reply came";
  EXPECT_EQ(reply->status, expected.status) << reply->body;
  const std::string &body = expected.body;
  if (body.size() > 1 && body.front() == '/' && body.back() == '/') {
    EXPECT_TRUE(std::regex_match(reply->body, std::regex(body.substr(1, body.size() - 2))))
        << reply->body;
  } else {
    EXPECT_EQ(reply->body, body);
  }
  for (const std::string &header : expected.headers) {
    const bool wanted = !header.starts_with('-');
    const std::string name = wanted ? header.substr(0, header.find(": ")) : header.substr(1);
    std::string lower = name;
    std::transform(lower.begin(), lower.end(), lower.begin(), ::tolower);
    const auto found = reply->headers.find(lower);
    ASSERT_EQ(found != reply->headers.end(), wanted) << name;
    if (wanted) {
      EXPECT_EQ(found->second, header.substr(name.size() + 2)) << name;
    }
  }
}

class RestCases : public testing::TestWithParam<fs::path> {};

rest::Limits limits_of(const CaseFile &file) {
  rest::Limits limits;
  if (file.timeout_ms > 0)
    limits.header_timeout = limits.body_timeout = std::chrono::milliseconds(file.timeout_ms);
  return limits;
}

TEST_P(RestCases, Replies) {
  const auto file = read_cases(GetParam());
  ASSERT_TRUE(file) << file.error().message();
  ASSERT_FALSE(file->cases.empty());
  TestWorker worker(limits_of(*file));
  for (const Case &expected : file->cases) {
    SCOPED_TRACE(GetParam().filename().string() + ":" + std::to_string(expected.line) + " " +
                 expected.title);
    check(expected, round_trip(worker.port(), expected.request, expected.head));
    worker.settle();
    // Whatever came in, the worker lives on.
    const auto alive = round_trip(worker.port(), "GET /health HTTP/1.0\r\n\r\n");
    ASSERT_TRUE(alive && alive->status == 200);
  }
}

std::vector<fs::path> case_files() {
  std::vector<fs::path> files;
  for (const auto &entry : fs::directory_iterator(REST_CASES))
    if (entry.path().extension() == ".cases")
      files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  return files;
}

INSTANTIATE_TEST_SUITE_P(Files, RestCases, testing::ValuesIn(case_files()),
                         [](const auto &info) { return info.param.stem().string(); });

} // namespace
} // namespace tests
