#include "tests/contract/case_file.h"

#include <fstream>
#include <optional>

namespace tests {
namespace {

using host::Code;
using host::fail;
using host::Result;

// Replaces every `${count*text}`.
std::string repeated(std::string text) {
  for (std::size_t at = text.find("${"); at != std::string::npos; at = text.find("${", at)) {
    const std::size_t star = text.find('*', at);
    const std::size_t end = text.find('}', at);
    if (star == std::string::npos || end == std::string::npos || star > end)
      return text;
    const std::string piece = text.substr(star + 1, end - star - 1);
    std::string all;
    for (long left = std::stol(text.substr(at + 2)); left > 0; --left)
      all += piece;
    text.replace(at, end - at + 1, all);
    at += all.size();
  }
  return text;
}

std::string unescaped(const std::string &text) {
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      bytes += text[i];
      continue;
    }
    switch (text[++i]) {
    case 'r':
      bytes += '\r';
      break;
    case 'n':
      bytes += '\n';
      break;
    case 'x':
      bytes += static_cast<char>(std::stoi(text.substr(i + 1, 2), nullptr, 16));
      i += 2;
      break;
    default:
      bytes += text[i];
    }
  }
  return bytes;
}

// A case while its lines are read.
struct Draft {
  Case result;
  std::string request_line;
  std::string headers;
  std::optional<std::string> body;
  bool raw = false;

  void begin(const std::string &line) {
    result.title = line.substr(0, 80);
    raw = line.starts_with("raw ");
    if (raw) {
      result.request = unescaped(repeated(line.substr(4)));
      return;
    }
    const std::size_t method_end = line.find(' ');
    const std::size_t target_end = line.find(' ', method_end + 1);
    request_line = repeated(line.substr(0, target_end)) + " HTTP/1.1\r\n";
    result.head = line.starts_with("HEAD ");
    if (target_end != std::string::npos)
      body = repeated(line.substr(target_end + 1));
  }

  void expect(const std::string &text) {
    if (text == "closed")
      return;
    if (std::isdigit(static_cast<unsigned char>(text[0])) == 0) {
      result.headers.push_back(text);
      return;
    }
    result.status = std::stoi(text);
    result.body = text.size() > 4 ? text.substr(4) : "";
  }

  Case finish() {
    if (raw)
      return result;
    result.request = request_line + "Host: h\r\nConnection: close\r\n" + headers;
    if (body) {
      if (headers.find("Content-Type:") == std::string::npos)
        result.request += "Content-Type: application/json\r\n";
      result.request += "Content-Length: " + std::to_string(body->size()) + "\r\n";
    }
    result.request += "\r\n" + body.value_or("");
    return result;
  }
};

} // namespace

Result<CaseFile> read_cases(const std::string &path) {
  std::ifstream file(path);
  if (!file)
    return fail(Code::Io, path + " cannot be read");
  CaseFile result;
  std::optional<Draft> draft;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    if (line.starts_with('#'))
      continue;
    if (line.empty()) {
      if (draft)
        result.cases.push_back(draft->finish());
      draft.reset();
    } else if (!draft && line.starts_with("timeout ")) {
      result.timeout_ms = std::stoi(line.substr(8));
    } else if (!draft) {
      draft.emplace();
      draft->result.line = number;
      draft->begin(line);
    } else if (line.starts_with("  => ")) {
      draft->expect(line.substr(5));
    } else if (line.starts_with("  ")) {
      draft->headers += repeated(line.substr(2)) + "\r\n";
    } else {
      return fail(Code::Data, path + ":" + std::to_string(number) +
                                  ": a line of a case begins with two blanks");
    }
  }
  if (draft)
    result.cases.push_back(draft->finish());
  return result;
}

} // namespace tests
