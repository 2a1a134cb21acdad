// Calibration in files and messages: what an observer, a quantizer or a prepared network has seen
// is saved, loaded, resumed and merged, on any machine, to the byte.
//
//   std::ofstream out("calibration", std::ios::binary);
//   save(out, activations);
//   ...
//   std::ifstream in("calibration", std::ios::binary);
//   load(in, activations);                // goes on where the other process stopped
//   activations.observe(batch);
//
// Loading loses nothing: what is saved again has the same bytes, and so has what observes, merges
// and is saved here and there. Several things may follow each other in one stream.
//
// Errors   std::runtime_error  save: the stream takes no more bytes; load: a file that is foreign,
//                              newer, damaged, cut short, of another kind, of other codes (of_bits)
//                              or of no data. What was
//                              to be loaded stays as it was.
// Cost     load holds the file and what it makes of it, which is at most a histogram for each 5
//          bytes of the file. frame.hpp and format.hpp say what lies in a file.
#pragma once

#include <istream>
#include <ostream>
#include <stdexcept>
#include <string>
#include <utility>

#include "intact/io/format.hpp"
#include "intact/io/frame.hpp"
#include "intact/io/histogram_format.hpp"
#include "intact/io/quantizer_format.hpp"
#include "intact/io/values_format.hpp"

namespace intact {

namespace io {

/// What read(reader) makes of the contents of the next frame, which are of that kind.
template <class Read>
[[nodiscard]] auto next(std::istream& from, const std::string& kind, Read&& read) {
    const std::string contents = next_contents(from);
    Reader reader(contents);
    const std::string given = reader.text();
    if (given != kind) {
        refuse("the file holds something else, expected ", kind, ", given ", shown(given));
    }
    try {
        auto made = read(reader);
        reader.finish();
        return made;
    } catch (const std::logic_error& error) {
        refuse("the contents contradict each other, ", error.what());
    }
}

}  // namespace io

/// Writes all that `x`, an observer or a quantizer, has seen.
template <io::Stored X>
void save(std::ostream& to, const X& x) {
    io::Writer contents;
    contents.text(io::Format<X>::kind());
    io::Format<X>::write(contents, x);
    io::write_frame(to, contents.bytes());
}

/// Puts what was saved in place of what `x` has seen.
template <io::Stored X>
void load(std::istream& from, X& x) {
    X made = io::next(from, io::Format<X>::kind(), io::Format<X>::read);
    if constexpr (requires { x.grid(); }) {
        if (made.grid() != x.grid()) {
            io::refuse("the codes differ, expected ", CodesText{x.grid()}, ", given ",
                       CodesText{made.grid()});
        }
    }
    x = std::move(made);
}

}  // namespace intact
