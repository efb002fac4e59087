// Checks what the history gives away with the checksum database's own code (golang.org/x/mod/sumdb), which is not ours.
//
// Arguments: the log's verifier key, a signed checkpoint, a file of leaf hashes and proofs:
//
//	record INDEX LEAF HASH...       an inclusion proof under the checkpoint
//	tree OLDSIZE OLDROOT HASH...    a consistency proof up to the checkpoint
package main

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"strconv"
	"strings"

	"craftsman.test/sumdb/note"
	"craftsman.test/sumdb/tlog"
)

func main() {
	verifier, err := note.NewVerifier(os.Args[1])
	stop(err)
	text, err := os.ReadFile(os.Args[2])
	stop(err)
	opened, err := note.Open(text, note.VerifierList(verifier))
	stop(err)
	lines := strings.Split(opened.Text, "\n")
	size, err := strconv.ParseInt(lines[1], 10, 64)
	stop(err)
	root, err := tlog.ParseHash(lines[2])
	stop(err)
	proofs, err := os.Open(os.Args[3])
	stop(err)
	checked := 0
	scanner := bufio.NewScanner(proofs)
	scanner.Buffer(nil, 1<<20)
	for scanner.Scan() {
		parts := strings.Fields(scanner.Text())
		number, err := strconv.ParseInt(parts[1], 10, 64)
		stop(err)
		one, path := hashOf(parts[2]), []tlog.Hash{}
		for _, part := range parts[3:] {
			path = append(path, hashOf(part))
		}
		if parts[0] == "record" {
			stop(tlog.CheckRecord(path, size, root, number, one))
		} else {
			stop(tlog.CheckTree(path, size, root, number, one))
		}
		checked++
	}
	fmt.Println(checked)
}

func hashOf(text string) tlog.Hash {
	raw, err := hex.DecodeString(text)
	stop(err)
	var found tlog.Hash
	copy(found[:], raw)
	return found
}

func stop(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
