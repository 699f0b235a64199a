#include "host/link/frame_reader.h"

#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "host/link/channel.h"

namespace host::link {
namespace {

std::string framed(const std::string &text) { return frame_header(text.size()) + text; }

std::vector<std::string> feed_all(FrameReader &reader, std::string_view bytes, std::size_t piece) {
  std::vector<std::string> frames;
  while (!bytes.empty()) {
    EXPECT_TRUE(reader.feed(bytes.substr(0, piece), [&](std::string frame) {
      frames.push_back(std::move(frame));
      return true;
    }));
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return frames;
}

TEST(FrameReader, HeaderIsBigEndian) {
  EXPECT_EQ(frame_header(0x01020304), std::string("\x01\x02\x03\x04"));
}

TEST(FrameReader, CutsAnyPiecesIntoTheSameFrames) {
  const std::vector<std::string> texts{"a", std::string(300, 'b'), std::string("c\0d", 3)};
  std::string bytes;
  for (const auto &text : texts)
    bytes += framed(text);
  for (std::size_t piece = 1; piece <= bytes.size(); ++piece) {
    FrameReader reader;
    EXPECT_EQ(feed_all(reader, bytes, piece), texts) << "in pieces of " << piece;
  }
}

TEST(FrameReader, RefusesEmptyAndHugeFrames) {
  for (const std::size_t length : {std::size_t{0}, kMaxFrameBytes + 1, std::size_t{0xffffffff}}) {
    FrameReader reader;
    const auto fed = reader.feed(frame_header(length), [](std::string) { return true; });
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().code(), Code::Data);
    EXPECT_NE(fed.error().message().find(std::to_string(length)), std::string::npos);
  }
}

TEST(FrameReader, StopsWhenTheReceiverSaysSo) {
  FrameReader reader;
  int frames = 0;
  EXPECT_TRUE(reader.feed(framed("a") + framed("b"), [&](std::string) {
    ++frames;
    return false;
  }));
  EXPECT_EQ(frames, 1);
}

TEST(FrameReader, RandomBytesNeverCrashIt) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 500; ++round) {
    FrameReader reader;
    for (int i = 0; i < 20; ++i) {
      std::string bytes(random() % 64, '\0');
      for (char &c : bytes)
        c = static_cast<char>(random() % 3 ? 0 : random());
      if (!reader.feed(bytes, [](std::string frame) { return !frame.empty(); }))
        break;
    }
  }
}

} // namespace
} // namespace host::link
