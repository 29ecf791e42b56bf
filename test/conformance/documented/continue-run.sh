curl --request POST \
  --url "http://localhost:8080/api/agents/finance_agent/runs/run_7f3a9c12/continue" \
  --header "Authorization: Bearer {token}" \
  --header "Content-Type: application/json" \
  --data '{ "action": "APPROVE" }'
