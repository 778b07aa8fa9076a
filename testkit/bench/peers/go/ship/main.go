// The bulk client of Go that is measured. `ship URL ALIAS FILE FIRST ACK|- IDS|-`: reads the documents of FILE, one a line, into memory, and adds those from
// number FIRST (from 1) on to esutil.BulkIndexer. With ACK, the number of the last document whose Add has returned stands
// there as 8 bytes, whatever kills the process. With `ids`, the number is the `_id`, else the engine gives one. The last
// line on standard output says what the indexer has counted.

package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"syscall"
	"time"

	"github.com/elastic/go-elasticsearch/v9"
	"github.com/elastic/go-elasticsearch/v9/esutil"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

// The client asks that a server calls itself Elasticsearch; this says so for one that does not.
type named struct{}

func (named) RoundTrip(request *http.Request) (*http.Response, error) {
	response, err := http.DefaultTransport.RoundTrip(request)
	if err == nil {
		response.Header.Set("X-Elastic-Product", "Elasticsearch")
	}
	return response, err
}

func run(arguments []string) error {
	if len(arguments) != 6 {
		return fmt.Errorf("ship URL ALIAS FILE FIRST ACK|- ids|-")
	}
	first, err := strconv.Atoi(arguments[3])
	if err != nil {
		return err
	}
	corpus, err := os.ReadFile(arguments[2])
	if err != nil {
		return err
	}
	ack, err := openAck(arguments[4])
	if err != nil {
		return err
	}
	client, err := elasticsearch.NewClient(elasticsearch.Config{
		Addresses:     []string{arguments[0]},
		Transport:     named{},
		MaxRetries:    5,
		RetryOnStatus: []int{429, 502, 503, 504},
	})
	if err != nil {
		return err
	}
	indexer, err := esutil.NewBulkIndexer(esutil.BulkIndexerConfig{
		Client: client, Index: arguments[1], FlushBytes: 1 << 20, NumWorkers: 2,
	})
	if err != nil {
		return err
	}
	began := time.Now()
	number := 0
	for line := range bytes.Lines(corpus) {
		number++
		if number < first {
			continue
		}
		item := esutil.BulkIndexerItem{Action: "create", Body: bytes.NewReader(bytes.TrimSuffix(line, []byte("\n")))}
		if arguments[5] == "ids" {
			item.DocumentID = strconv.Itoa(number)
		}
		if err := indexer.Add(context.Background(), item); err != nil {
			return err
		}
		if ack != nil {
			binary.LittleEndian.PutUint64(ack, uint64(number))
		}
	}
	closeError := indexer.Close(context.Background())
	stats := indexer.Stats()
	fmt.Printf(`{"added":%d,"flushed":%d,"failed":%d,"requests":%d,"elapsed_ns":%d,"error":%t}`+"\n",
		stats.NumAdded, stats.NumFlushed, stats.NumFailed, stats.NumRequests, time.Since(began).Nanoseconds(),
		closeError != nil)
	return nil
}

// A mapping that other processes see; storing into it costs no system call.
func openAck(path string) ([]byte, error) {
	if path == "-" {
		return nil, nil
	}
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(8); err != nil {
		return nil, err
	}
	return syscall.Mmap(int(file.Fd()), 0, 8, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
}
