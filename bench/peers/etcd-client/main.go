// The work of bench/store/etcd.bench.ts, done by etcd's own client over one connection. Prints the figure and the 99th
// percentile of the latencies in milliseconds, as JSON.
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"log"
	"os"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	clientv3 "go.etcd.io/etcd/client/v3"
)

var (
	endpoint = flag.String("endpoint", "", "URL of the server")
	work     = flag.String("work", "", "put, get, range or watch")
	n        = flag.Int("n", 0, "calls, or events of a watch")
	inFlight = flag.Int("in-flight", 1, "calls at one time")
	size     = flag.Int("size", 0, "bytes of a value")
	items    = flag.Int("items", 0, "items of a range")
)

type result struct {
	Value float64  `json:"value"`
	P99   *float64 `json:"p99,omitempty"`
}

func main() {
	flag.Parse()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{*endpoint}, DialTimeout: 5 * time.Second})
	check(err)
	defer client.Close()
	// The connection stands before anything is measured.
	_, err = client.Get(context.Background(), "/", clientv3.WithCountOnly())
	check(err)
	var found result
	switch *work {
	case "put":
		found = put(client)
	case "get":
		found = get(client)
	case "range":
		found = list(client)
	case "watch":
		found = watch(client)
	default:
		log.Fatalf("no such work: %q", *work)
	}
	check(json.NewEncoder(os.Stdout).Encode(found))
}

func put(client *clientv3.Client) result {
	value := strings.Repeat("x", *size)
	return calls(func(i int) {
		_, err := client.Txn(context.Background()).Then(clientv3.OpPut(key("put", i), value)).Commit()
		check(err)
	}, 1)
}

func get(client *clientv3.Client) result {
	return calls(func(i int) {
		_, err := client.Get(context.Background(), key("filled", i%100))
		check(err)
	}, 1)
}

func list(client *clientv3.Client) result {
	return calls(func(int) {
		answer, err := client.Get(context.Background(), "/bench/filled/", clientv3.WithPrefix())
		check(err)
		if len(answer.Kvs) != *items {
			log.Fatalf("%d items", len(answer.Kvs))
		}
	}, *items)
}

func watch(client *clientv3.Client) result {
	start, seen := time.Now(), 0
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	for answer := range client.Watch(ctx, "/bench/filled/", clientv3.WithPrefix(), clientv3.WithRev(2), clientv3.WithPrevKV()) {
		check(answer.Err())
		seen += len(answer.Events)
		if seen >= *n {
			break
		}
	}
	return result{Value: float64(seen) / time.Since(start).Seconds()}
}

// So many calls, so many at one time; each counts for `per`.
func calls(call func(i int), per int) result {
	latencies := make([]float64, *n)
	var next atomic.Int64
	var done sync.WaitGroup
	start := time.Now()
	for range *inFlight {
		done.Add(1)
		go func() {
			defer done.Done()
			for {
				i := int(next.Add(1)) - 1
				if i >= *n {
					return
				}
				begun := time.Now()
				call(i)
				latencies[i] = float64(time.Since(begun).Microseconds()) / 1000
			}
		}()
	}
	done.Wait()
	seconds := time.Since(start).Seconds()
	sort.Float64s(latencies)
	p99 := latencies[*n*99/100]
	return result{Value: float64(*n*per) / seconds, P99: &p99}
}

func key(what string, i int) string {
	return fmt.Sprintf("/bench/%s/%07d", what, i)
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
